// Light or dark: the system's choice unless the viewer made one.
import { createStore } from "./state.js";
import { readStored, writeStored } from "./storage.js";

export const theme = createStore(readStored("theme") ?? "auto");
const systemDark = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  return theme.get() === "dark" || (theme.get() === "auto" && systemDark.matches);
}

export function setTheme(next) {
  writeStored("theme", next === "auto" ? null : next);
  theme.set(next);
  showTheme();
}

export function showTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

systemDark.addEventListener("change", showTheme);

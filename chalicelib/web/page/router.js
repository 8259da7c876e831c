// Screens by the part of the address behind "#": the page is served at one address only.
import { createStore } from "./state.js";

function routeOf(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name = "", id = ""] = path.split("/");
  return { name: name || "home", id, query: Object.fromEntries(new URLSearchParams(query)) };
}

const routeNow = () => routeOf(location.hash);

export const route = createStore(routeNow());
const scrolledTo = new Map(); // address → where the viewer was, for the way back
let lastAddress = location.hash;
let isBack = false;
const DOORS = ["sign-in", "register", "forgotten"];
let beforeDoor = "#/";

addEventListener("popstate", () => (isBack = true));
addEventListener("hashchange", ({ newURL }) => {
  if (!DOORS.includes(routeOf(lastAddress).name)) beforeDoor = lastAddress || "#/";
  const came = isBack ? scrolledTo.get(location.hash) : 0;
  lastAddress = new URL(newURL).hash; // of two changes in a row the first one is told when both have been made
  route.set(routeNow());
  // Two frames: one to draw the screen, one to lay it out.
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo({ top: came ?? 0, behavior: "instant" })));
});
addEventListener("scroll", () => scrolledTo.set(lastAddress, scrollY), { passive: true });
addEventListener("click", () => (isBack = false), { capture: true });

export function go(address) {
  isBack = false;
  location.hash = address;
}

/** Where to go on after signing in: where the viewer was, or where they were before the form. */
export function addressBehindDoor() {
  const address = DOORS.includes(route.get().name) ? beforeDoor : location.hash;
  return /^#\/(search|film|ask|later|mine|account|evening)\b/.test(address) ? address : "#/";
}

/** Changes the address without a new entry in the history: for filters that change while typing. */
export function replaceAddress(address) {
  if (location.hash === address) return;
  history.replaceState(null, "", address);
  lastAddress = address;
  route.set(routeNow());
}

export function searchAddress(filters) {
  const given = Object.entries(filters).filter(([, value]) => value);
  const query = new URLSearchParams(given).toString();
  return query ? `#/search?${query}` : "#/search";
}

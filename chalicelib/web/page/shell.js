// What stands around every screen: the bar at the top, the sections, the words for when the connection is gone.
import { html, useEffect, useState } from "./vendor/preact.js";
import { chooseLanguage, switchFamily } from "./account.js";
import { isSignedIn } from "./api.js";
import { ageLimit, FAMILY_AGE } from "./family.js";
import { Icon } from "./icons.js";
import { isOperator } from "./operator_door.js";
import { route } from "./router.js";
import { session } from "./session.js";
import { useStore } from "./state.js";
import { isDark, setTheme, theme } from "./theme.js";
import { language, setLanguage, t } from "./words.js";

const SECTIONS = ["home", "search", "later", "mine", "account"];
const HAVE_FORM = ["home", "register", "sign-in", "later", "mine", "account"]; // for a stranger: they sign in there

export function Shell({ children }) {
  const { state, user } = useStore(session);
  const { name } = useStore(route);
  const isOnline = useOnline();
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("skip")}</a>
    <header class="top">
      <a class="brand" href="#/"><${Mark} /><span>${t("brand")}</span></a>
      <${Sections} state=${state} forOperator=${isOperator(user)} />
      <div class="top-tools">
        <${FamilySwitch} />
        <${LanguageSwitch} />
        <${ThemeSwitch} />
        ${state === "out" && !HAVE_FORM.includes(name) && html`<a class="button button-main top-sign-in" href="#/sign-in">${t("sign_in")}</a>`}
      </div>
    </header>
    ${!isOnline && html`<p class="offline-line" role="status"><${Icon} name="offline" />${t("offline")}</p>`}
    <main id="main" tabindex="-1">${children}</main>
  `;
}

function skip(event) {
  event.preventDefault(); // "#main" would be an address of a screen
  document.getElementById("main").focus();
}

function Sections({ state, forOperator }) {
  const { name } = useStore(route);
  const shown = state === "out" ? SECTIONS.slice(0, 2) : forOperator ? [...SECTIONS, "operator"] : SECTIONS;
  return html`<nav class="sections" aria-label=${t("menu")}>
    ${shown.map(
      (section) => html`<a key=${section} href=${section === "home" ? "#/" : `#/${section}`} aria-current=${name === section ? "page" : undefined}>
        <${Icon} name=${section === "later" ? "saved" : section} /><span>${t(section)}</span>
      </a>`,
    )}
  </nav>`;
}

function FamilySwitch() {
  const limit = useStore(ageLimit);
  const n = limit ?? FAMILY_AGE;
  return html`<button class="family-switch" aria-pressed=${limit !== null} aria-label=${t("family_label", { n })} onClick=${switchFamily}><span>${t("family")}${" "}</span>${n}+</button>`;
}

function LanguageSwitch() {
  const now = useStore(language);
  const other = now === "ru" ? "en" : "ru";
  const change = () => (isSignedIn() ? chooseLanguage(other) : setLanguage(other));
  return html`<button class="icon-button language-switch" lang=${other} aria-label=${other === "en" ? "EN, English" : "RU, русский"} onClick=${change}>${other.toUpperCase()}</button>`;
}

function ThemeSwitch() {
  useStore(theme);
  const next = isDark() ? "light" : "dark";
  return html`<button class="icon-button" aria-label=${t(`to_${next}`)} onClick=${() => setTheme(next)}><${Icon} name=${next === "dark" ? "moon" : "sun"} /></button>`;
}

function Mark() {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M10 16 31 4v24z" class="mark-beam" /><circle cx="10" cy="16" r="7" class="mark-lamp" /></svg>`;
}

function useOnline() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return isOnline;
}

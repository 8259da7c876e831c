// The viewer's own settings: language, appearance, password, a copy of everything, and the end of it.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { api, isSignedIn } from "./api.js";
import { ageLimit, FAMILY_AGE, setAgeLimit } from "./family.js";
import { elsewhere, issuerHost, leaveForIssuer } from "./elsewhere.js";
import { Choice, Field, PasswordField } from "./fields.js";
import { errorText } from "./notices.js";
import { go, replaceAddress } from "./router.js";
import { changePassword, changeProfile, endSession, session, sessionKnown, signIn, signOut } from "./session.js";
import { ConfirmPanel, SessionsPanel } from "./sessions.js";
import { PASSWORD_MIN } from "./sign_in.js";
import { useStore } from "./state.js";
import { tell } from "./messages.js";
import { setTheme, theme } from "./theme.js";
import { language, t } from "./words.js";

export function Account() {
  const user = useStore(session, (now) => now.user);
  const chosen = useStore(theme);
  const [again, setAgain] = useState(null); // what waits for the password
  const recently = (work) =>
    work().catch((error) => (error.isSignInOld ? setAgain(() => work) : tell(errorText(error), { isError: true })));
  const leave = async () => {
    await signOut();
    replaceAddress("#/"); // whoever signs in next has not been here
    go("#/sign-in");
  };
  return html`
    <h1 class="screen-title">${t("account_title")}</h1>
    <div class="panels">
      <section class="panel" aria-labelledby="settings-title">
        <h2 id="settings-title">${t("settings")}</h2>
        ${(user.name || user.email) && html`<p class="account-who">${user.name && html`<strong>${user.name}</strong>`}<span>${user.email}</span></p>`}
        <${Choice} name="language" label=${t("language")} value=${language.get()} onChange=${chooseLanguage} options=${[["ru", "Русский"], ["en", "English"]]} />
        <${Choice} name="theme" label=${t("theme")} value=${chosen} onChange=${setTheme} options=${["auto", "light", "dark"].map((key) => [key, t(`theme_${key}`)])} />
        ${user.email && html`<${Choice} name="weekly" label=${t("weekly")} value=${user.weekly_letter} onChange=${chooseLetter} options=${[false, true].map((on) => [on, t(on ? "weekly_on" : "weekly_off")])} />`}
        ${user.weekly_letter && user.confirmed === false && html`<p>${t("weekly_unconfirmed")}</p>`}
        <button class="button" onClick=${leave}>${t("sign_out")}</button>
      </section>
      ${user.confirmed === false && html`<${ConfirmPanel} />`}
      ${!elsewhere && html`<${PasswordPanel} email=${user.email} /><${SessionsPanel} />`}
      <section class="panel" aria-labelledby="export-title">
        <h2 id="export-title">${t("export_title")}</h2>
        <p>${t("export_text")}</p>
        <button class="button" onClick=${() => recently(download)}>${t("export")}</button>
      </section>
      <${DeletePanel} email=${user.email} recently=${recently} />
      ${again && elsewhere && html`<${AgainElsewhere} onEnd=${() => setAgain(null)} />`}
      ${again && !elsewhere && html`<${Again} email=${user.email} onEnd=${() => setAgain(null)} onSignedIn=${() => recently(again)} />`}
    </div>
  `;
}

const choose = (changes) => changeProfile(changes).catch((error) => tell(errorText(error), { isError: true }));
export const chooseLanguage = (next) => choose({ language: next });
const chooseLetter = (on) => choose({ weekly_letter: on });

let familyLine = Promise.resolve();

/** Family mode on or off. */
export const switchFamily = () => chooseAge(() => (ageLimit.get() === null ? FAMILY_AGE : null));

/** Another age limit, as `choose` says when it comes to it; presses are taken one after another. */
export function chooseAge(choose) {
  familyLine = familyLine.then(async () => {
    const next = choose();
    try {
      await sessionKnown();
      if (isSignedIn()) await changeProfile({ age_limit: next });
      else setAgeLimit(next);
      tell(next === null ? t("family_off") : t("family_on", { n: next }));
    } catch (error) {
      tell(errorText(error), { isError: true });
    }
  });
}

async function download() {
  const held = await api("GET", "v1/me/export", { signedIn: true });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(held, null, 2)], { type: "application/json" }));
  link.download = "kinosovet.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Where the password is the issuer's to ask for, and this page is left meanwhile. */
function AgainElsewhere({ onEnd }) {
  const dialog = useRef(null);
  const [isAway, setAway] = useState(false);
  const host = issuerHost();
  useEffect(() => dialog.current.showModal(), []);
  const leave = () => leaveForIssuer({ prompt: "login" }).catch(() => setAway(true));
  return html`<dialog ref=${dialog} aria-label=${t("sign_in_again")} onClose=${onEnd}>
    <form onSubmit=${(event) => (event.preventDefault(), leave())}>
      ${isAway && html`<p class="form-error" role="alert">${t("issuer_away", { host })}</p>`}
      <p>${t("sign_in_again_there")}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onEnd}>${t("cancel")}</button>
        <button class="button button-main">${t("sign_in_at", { host })}</button>
      </div>
    </form>
  </dialog>`;
}

/** The password once more: the API asks for a sign-in of the last minutes. */
function Again({ email, onEnd, onSignedIn }) {
  const dialog = useRef(null);
  const [failure, setFailure] = useState(null);
  useEffect(() => dialog.current.showModal(), []);
  const submit = async (event) => {
    event.preventDefault();
    try {
      await signIn(email, new FormData(event.target).get("again"));
      onEnd();
      onSignedIn();
    } catch (error) {
      setFailure(error.status === 401 ? t("wrong_password") : errorText(error));
    }
  };
  return html`<dialog ref=${dialog} aria-label=${t("current_password")} onClose=${onEnd}>
    <form onSubmit=${submit}>
      <${PasswordField} id="again" label=${t("current_password")} required autocomplete="current-password" error=${failure} />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onEnd}>${t("cancel")}</button>
        <button class="button button-main">${t("sign_in")}</button>
      </div>
    </form>
  </dialog>`;
}

function PasswordPanel({ email }) {
  const [failure, setFailure] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const { current, next } = Object.fromEntries(new FormData(form));
    setFailure({});
    try {
      await changePassword(current, next);
      form.reset();
      tell(t("password_changed"));
    } catch (error) {
      if (error.fields?.new_password) setFailure({ next: t("password_hint", { n: PASSWORD_MIN }) });
      else if (error.status === 401 || error.status === 400 || error.status === 403) setFailure({ current: t("wrong_password") });
      else tell(errorText(error), { isError: true });
    }
  };
  return html`<form class="panel" onSubmit=${submit} aria-labelledby="password-title">
    <h2 id="password-title">${t("password_title")}</h2>
    <input class="sr-only" type="text" autocomplete="username" value=${email} readonly tabindex="-1" aria-hidden="true" />
    <${PasswordField} id="current" label=${t("current_password")} required autocomplete="current-password" error=${failure.current} />
    <${PasswordField} id="next" label=${t("new_password")} required minlength=${PASSWORD_MIN} autocomplete="new-password" hint=${t("password_hint", { n: PASSWORD_MIN })} error=${failure.next} />
    <button class="button">${t("change_password")}</button>
  </form>`;
}

function DeletePanel({ email, recently }) {
  const dialog = useRef(null);
  const [typed, setTyped] = useState("");
  const wanted = email ?? t("delete_word"); // nobody has told us the address of a viewer from elsewhere
  const remove = async () => {
    await api("DELETE", "v1/me", { signedIn: true });
    dialog.current.close();
    endSession();
    tell(t("deleted"));
    replaceAddress("#/");
    go("#/sign-in");
  };
  return html`<section class="panel" aria-labelledby="delete-title">
    <h2 id="delete-title">${t("delete_title")}</h2>
    <p>${t("delete_text")}</p>
    <button class="button button-danger" onClick=${() => dialog.current.showModal()}>${t("delete")}</button>
    <dialog ref=${dialog} aria-labelledby="delete-sure">
      <form onSubmit=${(event) => (event.preventDefault(), recently(remove))}>
        <h2 id="delete-sure">${t("delete_sure")}</h2>
        <p>${t("delete_text")}</p>
        <${Field} id="delete-email" label=${email ? t("delete_type") : t("delete_type_word", { word: wanted })} autocomplete="off" value=${typed} onInput=${(event) => setTyped(event.target.value)} />
        <div class="dialog-buttons">
          <button type="button" class="button" onClick=${() => dialog.current.close()}>${t("cancel")}</button>
          <button class="button button-danger" disabled=${typed.trim().toLowerCase() !== wanted.toLowerCase()}>${t("delete")}</button>
        </div>
      </form>
    </dialog>
  </section>`;
}

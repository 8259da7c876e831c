// Signing in and registering: one form, two ways; and the first thing a stranger sees.
import { html, useState } from "./vendor/preact.js";
import { Field, PasswordField } from "./fields.js";
import { elsewhere, issuerHost, leaveForIssuer, notSignedIn } from "./elsewhere.js";
import { useRead } from "./film.js";
import { filmsApi } from "./api.js";
import { fetchFirstMinute } from "./first_minute_door.js";
import { ratings } from "./rate.js";
import { errorText } from "./notices.js";
import { Poster, turnsOf } from "./poster.js";
import { addressBehindDoor, go } from "./router.js";
import { register, signIn } from "./session.js";
import { useStore } from "./state.js";
import { t } from "./words.js";

export const PASSWORD_MIN = 8;
const WALL = 12;

export function SignIn({ isNew }) {
  const [film] = useRead(() => filmsApi("GET", "v1/films", { query: { limit: WALL } }), "wall");
  const wall = film?.films ?? [];
  const turns = turnsOf(wall);
  return html`<div class="landing">
    <div class="wall" aria-hidden="true">${Array.from({ length: WALL }, (_, index) => html`<div key=${index} class="wall-place">${wall[index] && html`<${Poster} film=${wall[index]} isEager=${true} turn=${turns[index]} />`}</div>`)}</div>
    <div class="landing-words">
      <h1>${t("landing_title")}</h1>
      <p>${t("landing_text")}</p>
      <p><a class="button" href="#/start">${t("start_link")}</a></p>
      <ol>${[1, 2, 3].map((index) => html`<li key=${index}>${t(`landing_${index}`)}</li>`)}</ol>
    </div>
    ${elsewhere ? html`<${SignInElsewhere} />` : html`<${SignInForm} key=${isNew} isNew=${isNew} />`}
  </div>`;
}

function SignInElsewhere() {
  const [isAway, setAway] = useState(false);
  const reason = useStore(notSignedIn);
  const host = issuerHost();
  const leave = () => {
    notSignedIn.set("");
    setAway(false);
    return leaveForIssuer({ back: addressBehindDoor() }).catch(() => setAway(true));
  };
  return html`<section class="panel sign-in" aria-labelledby="sign-in-title">
    <h2 id="sign-in-title">${t("sign_in")}</h2>
    ${(isAway || reason) && html`<p class="form-error" role="alert">${t(isAway ? "issuer_away" : reason, { host })}</p>`}
    <p>${t(host ? "sign_in_there" : "sign_in_nowhere")}</p>
    ${host && html`<button class="button button-main" onClick=${leave}>${t("sign_in_at", { host })}</button>`}
  </section>`;
}

function SignInForm({ isNew }) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState({ fields: {} });
  const submit = async (event) => {
    event.preventDefault();
    const { email, password, name } = Object.fromEntries(new FormData(event.target));
    setBusy(true);
    setFailure({ fields: {} });
    try {
      if (isNew) {
        fetchFirstMinute().catch(() => {}); // while the account is made
        await register(email.trim(), password, name.trim());
      } else await signIn(email.trim(), password);
      const address = addressBehindDoor();
      go(isNew && address === "#/" && !ratings.get().size ? "#/start" : address);
    } catch (error) {
      setFailure({ text: failureText(error), fields: fieldTexts(error.fields ?? {}) });
      setBusy(false);
    }
  };
  return html`<form class="panel sign-in" onSubmit=${submit} aria-labelledby="sign-in-title">
    <h2 id="sign-in-title">${t(isNew ? "register" : "sign_in")}</h2>
    ${failure.text && html`<p class="form-error" role="alert">${failure.text}</p>`}
    ${isNew && html`<${Field} id="name" label=${`${t("name")} (${t("optional")})`} autocomplete="name" maxlength="100" error=${failure.fields.name} />`}
    <${Field} id="email" label=${t("email")} type="email" required autocomplete="username" inputmode="email" error=${failure.fields.email} />
    <${PasswordField} id="password" label=${t("password")} required minlength=${isNew ? PASSWORD_MIN : undefined} autocomplete=${isNew ? "new-password" : "current-password"}
      hint=${isNew ? t("password_hint", { n: PASSWORD_MIN }) : undefined} error=${failure.fields.password} />
    <button class="button button-main" disabled=${isBusy}>${t(isNew ? "register" : "sign_in")}</button>
    ${!isNew && html`<p class="sign-in-other"><a href="#/forgotten">${t("forgotten")}</a></p>`}
    <p class="sign-in-other">${t(isNew ? "have_account" : "no_account")} <a href=${isNew ? "#/sign-in" : "#/register"}>${t(isNew ? "sign_in" : "register")}</a></p>
  </form>`;
}

function failureText(error) {
  if (error.status === 401) return t("wrong_credentials");
  if (error.status === 409) return t("email_taken");
  if (error.status === 400) return t("form_wrong");
  return errorText(error);
}

/** The API says it in English. */
function fieldTexts(fields) {
  const texts = { email: t("invalid_email"), password: t("password_hint", { n: PASSWORD_MIN }), name: t("invalid_other") };
  return Object.fromEntries(Object.keys(fields).map((name) => [name, texts[name] ?? t("invalid_other")]));
}

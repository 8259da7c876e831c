// A forgotten password: the address first, then the code of the letter and another password.
import { html, useState } from "./vendor/preact.js";
import { Field, PasswordField } from "./fields.js";
import { errorText } from "./notices.js";
import { go } from "./router.js";
import { send } from "./request.js";
import { signIn } from "./session.js";
import { PASSWORD_MIN } from "./sign_in.js";
import { tell } from "./messages.js";
import { t } from "./words.js";

export function Forgotten() {
  const [email, setEmail] = useState("");
  const [failure, setFailure] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    const { email: given, token, next } = Object.fromEntries(new FormData(event.target));
    setFailure({});
    try {
      if (!email) {
        await send("POST", "v1/auth/reset", { body: { email: given.trim() } });
        return setEmail(given.trim());
      }
      await send("POST", "v1/auth/reset/confirm", { body: { token: token.trim(), new_password: next } });
      await signIn(email, next);
      tell(t("password_changed"));
      go("#/");
    } catch (error) {
      const { token: wrong, new_password: refused } = error.fields ?? {};
      setFailure({ token: wrong && t("wrong_code"), next: refused && t("password_hint", { n: PASSWORD_MIN }), text: wrong || refused ? null : errorText(error) });
    }
  };
  return html`<form class="panel sign-in" onSubmit=${submit} aria-labelledby="forgotten-title">
    <h1 id="forgotten-title">${t("forgotten")}</h1>
    ${failure.text && html`<p class="form-error" role="alert">${failure.text}</p>`}
    ${email
      ? html`<p role="status">${t("letter_sent", { email })}</p>
          <${Field} key="token" id="token" label=${t("code")} required autocomplete="one-time-code" error=${failure.token} />
          <${PasswordField} key="next" id="next" label=${t("new_password")} required minlength=${PASSWORD_MIN} autocomplete="new-password" hint=${t("password_hint", { n: PASSWORD_MIN })} error=${failure.next} />
          <button class="button button-main">${t("change_password")}</button>`
      : html`<${Field} key="email" id="email" label=${t("email")} type="email" required autocomplete="username" inputmode="email" />
          <button class="button button-main">${t("send_letter")}</button>`}
    <p class="sign-in-other"><a href="#/sign-in">${t("sign_in")}</a></p>
  </form>`;
}

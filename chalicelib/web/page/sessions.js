// Where the viewer is signed in, and the address that a letter confirms: two panels of the account.
import { html, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Field } from "./fields.js";
import { useRead } from "./film.js";
import { errorText } from "./notices.js";
import { send } from "./request.js";
import { confirmed } from "./session.js";
import { tell } from "./messages.js";
import { language, t } from "./words.js";

export function SessionsPanel() {
  const [read, , again] = useRead(() => api("GET", "v1/me/sessions", { signedIn: true }), "sessions");
  const end = (one) =>
    api("DELETE", `v1/me/sessions/${one.session_id}`, { signedIn: true }).then(again, (error) => tell(errorText(error), { isError: true }));
  const when = (one) => new Date(one.last_used_at).toLocaleString(language.get(), { dateStyle: "medium", timeStyle: "short" });
  return html`<section class="panel" aria-labelledby="sessions-title">
    <h2 id="sessions-title">${t("sessions")}</h2>
    <ul class="sessions">${(read?.sessions ?? []).map(
      (one) => html`<li key=${one.session_id}><span><strong>${one.device ?? t("device_unknown")}</strong>${when(one)}</span>
        ${one.current ? html`<span>${t("this_session")}</span>` : html`<button class="button" aria-label=${`${t("sign_out")}: ${one.device ?? ""} ${when(one)}`} onClick=${() => end(one)}>${t("sign_out")}</button>`}</li>`,
    )}</ul>
  </section>`;
}

export function ConfirmPanel() {
  const [failure, setFailure] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    try {
      await send("POST", "v1/auth/confirm", { body: { token: new FormData(event.target).get("code").trim() } });
      confirmed();
      tell(t("address_confirmed"));
    } catch (error) {
      setFailure(error.status === 400 ? t("wrong_code") : errorText(error));
    }
  };
  return html`<form class="panel" onSubmit=${submit} aria-labelledby="confirm-title">
    <h2 id="confirm-title">${t("confirm_address")}</h2>
    <${Field} id="code" label=${t("code")} required autocomplete="one-time-code" error=${failure} />
    <button class="button">${t("confirm")}</button>
  </form>`;
}

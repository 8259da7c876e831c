// The states of a screen that is not simply there: failed, empty, on its way.
import { html } from "./vendor/preact.js";
import { t } from "./words.js";
import { errorKey } from "./request.js";
import { Icon } from "./icons.js";

export function errorText(error) {
  const minutes = t("minutes", { n: Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60)) });
  return t(errorKey(error), { minutes });
}

export function Failed({ error, onRetry }) {
  return html`<div class="notice" role="alert">
    <span class="notice-icon"><${Icon} name=${error.status === 0 ? "offline" : "exclude"} /></span>
    <h2>${t("error_title")}</h2>
    <p>${errorText(error)}</p>
    <button class="button" onClick=${onRetry}>${t("try_again")}</button>
  </div>`;
}

export function Empty({ title, text, children }) {
  return html`<div class="notice">
    <span class="notice-icon"><${Icon} name="spark" /></span>
    <h2>${title}</h2>
    <p>${text}</p>
    ${children}
  </div>`;
}

/** Grey cards where films will be, of the same size, so that nothing jumps when they come. */
export function CardSkeletons({ count }) {
  return Array.from({ length: count }, (_, index) => html`<li key=${index} class="slot"><div class="card-skeleton"><div class="poster"></div></div></li>`);
}

export function Waiting() {
  return html`<span class="sr-only">${t("loading")}</span>`;
}

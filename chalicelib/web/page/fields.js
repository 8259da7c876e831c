// Form fields: a label that is always there, a hint, and what is wrong, tied together for screen readers.
import { html, useState } from "./vendor/preact.js";
import { t } from "./words.js";
import { Icon } from "./icons.js";

/** What is wrong, in the page's language: the browser would say it in its own. */
function sayInvalid({ target }) {
  const { valueMissing, typeMismatch, tooShort } = target.validity;
  if (valueMissing) target.setCustomValidity(t("invalid_missing"));
  else if (typeMismatch && target.type === "email") target.setCustomValidity(t("invalid_email"));
  else if (tooShort) target.setCustomValidity(t("invalid_short", { n: target.minLength }));
}

const clearInvalid = ({ target }) => target.setCustomValidity("");

export function Field({ id, label, hint, error, children, ...input }) {
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="field-box">
      <input onInvalid=${sayInvalid} onInput=${clearInvalid} id=${id} name=${id} aria-describedby=${about} aria-invalid=${error ? "true" : undefined} ...${input} />
      ${children}
    </div>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

export function PasswordField(props) {
  const [isShown, setShown] = useState(false);
  return html`<${Field} ...${props} type=${isShown ? "text" : "password"} autocapitalize="off" spellcheck=${false}>
    <button type="button" class="icon-button field-button" aria-pressed=${isShown} aria-label=${t("show_password")} onClick=${() => setShown(!isShown)}>
      <${Icon} name="seen" />
    </button>
  <//>`;
}

export function SelectField({ id, label, value, options, onChange }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
    </select>
  </div>`;
}

/** One of a few, side by side. */
export function Choice({ name, label, value, options, onChange }) {
  return html`<fieldset class="choice">
    <legend>${label}</legend>
    <div class="choice-options">
      ${options.map(
        ([key, text]) => html`<label key=${key} class="choice-option">
          <input type="radio" name=${name} value=${key} checked=${key === value} onChange=${() => onChange(key)} />
          <span>${text}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

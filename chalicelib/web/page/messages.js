// Messages to the viewer: one at the bottom with one thing to do about it, and a voice for screen readers.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { createStore, useStore } from "./state.js";
import { t } from "./words.js";
import { Icon } from "./icons.js";

const MESSAGE_SHOWN_MS = 8_000;
const message = createStore(null);
const spoken = createStore("");

/** Shows a message; `action` is { label, run }. The next one replaces it. */
export function tell(text, { action = null, isError = false } = {}) {
  message.set({ text, action, isError });
}

/** Says it to screen readers only: the eye has seen it already. */
export function say(text) {
  // A text said twice in a row would be passed over: a changing no-break space makes it news.
  spoken.set((last) => (last === text ? `${text}\u00a0` : text));
}

export function Messages() {
  const shown = useStore(message);
  const said = useStore(spoken);
  const [isHeld, setHeld] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    if (!shown || isHeld) return undefined;
    const timer = setTimeout(() => message.set(null), MESSAGE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  const hold = () => setHeld(true);
  const release = () => setHeld(Boolean(box.current?.matches(":hover, :focus-within")));
  return html`
    <div class="sr-only" role="status" aria-live="polite">${said}</div>
    <div class="messages" role=${shown?.isError ? "alert" : "status"}>
      ${shown &&
      html`<div
        ref=${box}
        class=${`message ${shown.isError ? "message-error" : ""}`}
        onMouseEnter=${hold}
        onMouseLeave=${release}
        onfocusin=${hold}
        onfocusout=${() => setTimeout(release)}
      >
        <span>${shown.text}</span>
        ${shown.action &&
        html`<button
          class="message-action"
          onClick=${() => {
            message.set(null);
            shown.action.run();
          }}
        >
          ${shown.action.label}
        </button>`}
        <button class="icon-button" aria-label=${t("close")} onClick=${() => message.set(null)}><${Icon} name="close" /></button>
      </div>`}
    </div>
  `;
}

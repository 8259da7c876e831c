// The five buttons of every film.
import { html } from "./vendor/preact.js";
import { useStore } from "./state.js";
import { Icon } from "./icons.js";
import { rate, ratings } from "./rate.js";
import { t } from "./words.js";

export const ACTIONS = ["like", "dislike", "seen", "more_like_this", "exclude"];

/** `tabIndex` is -1 on all cards of a row but one: arrows move between cards (row.js). */
export function Actions({ film, isLabelled = false, tabIndex = 0 }) {
  const own = useStore(ratings, (all) => all.get(film.film_id));
  return html`<div class=${`actions ${isLabelled ? "actions-labelled" : ""}`} role="group" aria-label=${film.title}>
    ${ACTIONS.map((action) => {
      const isOn = own?.rating === action || own?.steer === action;
      return html`<button
        key=${action}
        class=${`action action-${action}`}
        data-action=${action}
        data-tip=${isLabelled ? undefined : t(action)}
        tabindex=${tabIndex}
        aria-pressed=${isOn}
        aria-label=${t("action_on", { action: t(action), title: film.title })}
        onClick=${() => rate(film, action)}
      >
        <${Icon} name=${action} />${isLabelled && html`<span>${t(action)}</span>`}
      </button>`;
    })}
  </div>`;
}

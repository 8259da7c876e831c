// The buttons of every film. On a card's width there are pictures and two words; on a phone two pictures and a menu with
// all of them in words.
import { html, useEffect, useRef } from "./vendor/preact.js";
import { createStore, useStore } from "./state.js";
import { Icon } from "./icons.js";
import { isOn, rate, ratings } from "./rate.js";
import { t } from "./words.js";

export const JUDGEMENTS = ["like", "dislike", "seen", "more_like_this", "exclude"];
const ON_CARDS = ["like", "dislike", "more_like_this", "exclude", "saved", "seen"];
const IN_WORDS = ["like", "dislike", "saved", "seen", "more_like_this", "exclude"];
const WORDS_ON_CARDS = ["saved", "seen"];

const menuFilm = createStore(null);

/** `tabIndex` is -1 on all cards of a row but one: arrows move between cards (row.js). */
export function Actions({ film, isLabelled = false, tabIndex = 0 }) {
  const own = useStore(ratings, (all) => all.get(film.film_id));
  return html`<div class=${`actions ${isLabelled ? "actions-labelled" : ""}`} role="group" aria-label=${film.title}>
    ${(isLabelled ? IN_WORDS : ON_CARDS).map((action) => html`<${Action} key=${action} film=${film} own=${own} action=${action} isWord=${isLabelled || WORDS_ON_CARDS.includes(action)} hasIcon=${isLabelled || !WORDS_ON_CARDS.includes(action)} tabIndex=${tabIndex} />`)}
    ${!isLabelled &&
    html`<button class="action action-menu" data-action="menu" tabindex=${tabIndex} aria-haspopup="dialog" aria-label=${t("action_on", { action: t("more_actions"), title: film.title })} onClick=${() => menuFilm.set(film)}>
      <${Icon} name="menu" />
    </button>`}
  </div>`;
}

function Action({ film, own, action, isWord, hasIcon, tabIndex, onDone }) {
  const press = () => {
    onDone?.();
    rate(film, action);
  };
  return html`<button
    class=${`action action-${action}`}
    data-action=${action}
    data-tip=${isWord ? undefined : t(action)}
    tabindex=${tabIndex}
    aria-pressed=${isOn(own, action)}
    aria-label=${t("action_on", { action: t(action), title: film.title })}
    onClick=${press}
  >
    ${hasIcon && html`<${Icon} name=${action} />`}${isWord && html`<span>${t(action)}</span>`}
  </button>`;
}

/** All that can be said of one film, in words, from the lower edge of a phone. One for the whole page. */
export function FilmMenu() {
  const film = useStore(menuFilm);
  const own = useStore(ratings, (all) => film && all.get(film.film_id));
  const dialog = useRef(null);
  useEffect(() => {
    if (film) dialog.current.showModal();
  }, [film]);
  if (!film) return null;
  const close = () => dialog.current.close();
  return html`<dialog ref=${dialog} class="sheet" aria-labelledby="menu-title" onClose=${() => menuFilm.set(null)} onClick=${(event) => event.target === dialog.current && close()}>
    <div class="sheet-head"><h2 id="menu-title">${film.title}</h2><button class="icon-button" aria-label=${t("close")} onClick=${close}><${Icon} name="close" /></button></div>
    <div class="sheet-actions">
      ${IN_WORDS.map((action) => html`<${Action} key=${action} film=${film} own=${own} action=${action} isWord=${true} hasIcon=${true} tabIndex=${0} onDone=${close} />`)}
    </div>
  </dialog>`;
}

// A place in a row. When its film is rated, the place says so and offers to undo; then the next film comes into it.
// Nothing else moves.
import { html, useEffect, useLayoutEffect, useRef } from "./vendor/preact.js";
import { createStore, useStore } from "./state.js";
import { Card } from "./card.js";
import { Icon } from "./icons.js";
import { ratings, restore, strongestOf } from "./rate.js";
import { t } from "./words.js";

const UNDO_SHOWN_MS = 4_000;

/** How many places are showing "undo" just now: a new list waits for them. */
export const openUndos = createStore(0);

export function Slot({ film, tabIndex, isEager, turn, onGone, onActive, draw = (props) => html`<${Card} ...${props} />` }) {
  const own = useStore(ratings, (all) => all.get(film.film_id));
  const box = useRef(null);
  const hadFocus = useRef(false);
  const isRated = Boolean(own);
  const shown = isRated ? "rated" : film.film_id;
  const previous = useRef(shown);

  useLayoutEffect(() => {
    // The focused button has gone with its film: hand the focus to what stands in its place.
    const isLost = document.activeElement === document.body;
    if (previous.current !== shown && hadFocus.current && isLost) box.current.querySelector(isRated ? ".undo" : "a")?.focus({ preventScroll: true });
    previous.current = shown;
  });

  useEffect(() => {
    if (!isRated) return undefined;
    openUndos.set((count) => count + 1);
    let timer = setTimeout(leave, UNDO_SHOWN_MS);
    function leave() {
      // Whoever is about to press "undo" gets the time to do it.
      if (box.current?.querySelector(".undo:hover, .undo:focus-visible")) timer = setTimeout(leave, UNDO_SHOWN_MS / 4);
      else onGone();
    }
    return () => {
      clearTimeout(timer);
      openUndos.set((count) => count - 1);
    };
  }, [isRated, film.film_id]);

  return html`<li
    ref=${box}
    class="slot"
    onfocusin=${() => {
      hadFocus.current = true;
      onActive?.();
    }}
    onfocusout=${(event) => {
      if (event.relatedTarget) hadFocus.current = false;
    }}
  >
    ${isRated ? html`<${Rated} film=${film} own=${own} tabIndex=${tabIndex} />` : html`<div key=${film.film_id} class="slot-film">${draw({ film, tabIndex, isEager, turn })}</div>`}
  </li>`;
}

export function Rated({ film, own, tabIndex, onUndo = () => restore(film, null) }) {
  const what = strongestOf(own) ?? "removed";
  return html`<div key="rated" class=${`rated rated-${what}`}>
    <span class="rated-icon"><${Icon} name=${what === "removed" ? "close" : what} /></span>
    <p class="rated-what">${t(what === "removed" ? what : `done_${what}`)}</p>
    <p class="rated-title">${film.title}</p>
    <button class="button undo" tabindex=${tabIndex} aria-label=${t("undo_on", { title: film.title })} onClick=${onUndo}>${t("undo")}</button>
  </div>`;
}

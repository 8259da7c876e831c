// Ten cards, one at a time: yes, no or never, by buttons, by a swipe, or by keys.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { FilmLine } from "./card.js";
import { Icon } from "./icons.js";
import { say } from "./messages.js";
import { Poster } from "./poster.js";
import { genreText, t } from "./words.js";

const SWIPED_PX = 90; // less is a finger that rests
const KEYS = { ArrowRight: "yes", ArrowLeft: "no", Delete: "veto", Backspace: "veto" };

export function EveningDeck({ evening, isSending, onAnswer, onEnd }) {
  const { films, answers } = evening;
  const answered = new Set(answers.map((one) => one.film_id));
  const place = films.findIndex((film) => !answered.has(film.film_id));
  const film = films[place];
  useEffect(() => {
    say(film ? t("evening_card", { n: place + 1, of: films.length, title: film.title }) : t("evening_other"));
  }, [film?.film_id]);
  useLayoutEffect(() => { // not after the next paint: who presses fast means the card that is there
    if (!film) return undefined;
    const press = (event) => {
      const said = KEYS[event.key];
      const isElsewhere = event.target.closest?.("input, textarea, select, dialog") || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
      if (!said || isElsewhere || event.repeat) return;
      event.preventDefault();
      onAnswer(film.film_id, said);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [film?.film_id]);
  return html`<section class="evening-deck">
    <h1 class="sr-only">${t("evening")}</h1>
    <ol class="evening-places" aria-label=${t("evening_place", { n: answered.size, of: films.length })}>${films.map((one) => html`<li key=${one.film_id} class=${answered.has(one.film_id) ? "is-done" : ""}></li>`)}</ol>
    ${film ? html`<${SwipeCard} key=${film.film_id} film=${film} onSaid=${(said) => onAnswer(film.film_id, said)} />` : html`<div class="evening-wait" role="status"><p class="is-busy">${t(isSending ? "evening_sending" : "evening_other")}</p></div>`}
    <button class="link-button" onClick=${onEnd}>${t("evening_end")}</button>
  </section>`;
}

function SwipeCard({ film, onSaid }) {
  const [moved, setMoved] = useState(0);
  const from = useRef(null);
  const start = (event) => {
    if (event.button || event.target.closest("button")) return;
    from.current = { x: event.clientX, y: event.clientY };
  };
  const move = (event) => {
    if (!from.current) return;
    const dx = event.clientX - from.current.x;
    if (Math.abs(dx) > Math.abs(event.clientY - from.current.y)) setMoved(dx);
  };
  const stop = () => {
    if (from.current && Math.abs(moved) >= SWIPED_PX) onSaid(moved > 0 ? "yes" : "no");
    from.current = null;
    setMoved(0);
  };
  const leave = () => ((from.current = null), setMoved(0));
  const leaning = moved >= SWIPED_PX ? "is-yes" : moved <= -SWIPED_PX ? "is-no" : "";
  return html`<article class=${`evening-card ${leaning}`} style=${{ transform: moved ? `translateX(${moved}px) rotate(${moved / 30}deg)` : "" }} onPointerDown=${start} onPointerMove=${move} onPointerUp=${stop} onPointerCancel=${leave} onPointerLeave=${leave}>
    <div class="evening-poster"><${Poster} film=${film} isEager=${true} /></div>
    <div class="evening-words">
      <h2>${film.title}</h2>
      <${FilmLine} film=${film} />
      <p class="evening-genres">${film.genres.map(genreText).join(", ")}</p>
      <p class="evening-why">${film.reason}</p>
      <div class="evening-say">
        <button class="button evening-no" onClick=${() => onSaid("no")}><${Icon} name="close" />${t("evening_no")}</button>
        <button class="button button-main evening-yes" onClick=${() => onSaid("yes")}><${Icon} name="heart" />${t("evening_yes")}</button>
        <button class="link-button evening-veto" onClick=${() => onSaid("veto")}>${t("evening_veto")}</button>
      </div>
      <p class="evening-keys evening-quiet">${t("evening_keys")}</p>
    </div>
  </article>`;
}

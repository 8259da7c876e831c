// A few films picked among all eras and kinds: the picker of the first minute, and of an evening's guest.
import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { filmsApi } from "./api.js";
import { Icon } from "./icons.js";
import { say } from "./messages.js";
import { CardSkeletons } from "./notices.js";
import { Poster, turnsOf } from "./poster.js";
import { ratings } from "./rate.js";
import { believed, mostTelling } from "./telling.js";
import { addWords, t } from "./words.js";
import { pickerWordsEn } from "./words_picker_en.js";
import { pickerWordsRu } from "./words_picker_ru.js";

const ERAS = [[null, 1959], [1960, 1969], [1970, 1979], [1980, 1989], [1990, 1999], [2000, 2009], [2010, null]];
const FILMS_OF_AN_ERA = 24;
const PLACES = 12;
const REPLACED_AT_A_PICK = 3; // places beside the picked one that are asked better
const PICKS_WANTED = 5;
const PICKS_ENOUGH = 3;
const FIND_PAUSE_MS = 200;

addWords({ ru: pickerWordsRu, en: pickerWordsEn });

/** The best-known films of each era, those left out of which something has been said. */
export async function readEras() {
  const pages = await Promise.all(
    ERAS.map(([from, to]) =>
      filmsApi("GET", "v1/films", { query: { year_from: from, year_to: to, limit: FILMS_OF_AN_ERA } }).catch(() => ({ films: [] })),
    ),
  );
  return pages.map((page) => page.films.filter((film) => !ratings.get().has(film.film_id)));
}

export function Picker({ eras, picked, onPick }) {
  const [typed, setTyped] = useState("");
  const found = useFound(typed.trim());
  const [shown, passed, others, take] = usePlaces(eras, picked);
  const pick = (film) => {
    take(film);
    onPick(film);
    setTyped("");
  };
  const known = useRef(new Map());
  const films = typed.trim() ? found.filter((film) => !picked.some((one) => one.film_id === film.film_id)) : shown;
  const turns = turnsOf(films, known.current);
  return html`
    <div class="first-tools">
      <div class="search-box">
        <${Icon} name="search" />
        <label class="sr-only" for="first-text">${t("search_label")}</label>
        <input id="first-text" type="search" autocomplete="off" placeholder=${t("start_search")} value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      </div>
      <button class="button" disabled=${!eras || Boolean(typed.trim())} onClick=${others}>${t("start_others")}</button>
    </div>
    <ul class="first-grid" aria-busy=${!eras}>
      ${eras || typed.trim() ? films.map((film, index) => html`<li key=${index}><${Choosable} key=${film.film_id} film=${film} turn=${turns[index]} onPick=${() => pick(film)} /></li>`) : html`<${CardSkeletons} count=${PLACES} />`}
    </ul>
    ${typed.trim() && !films.length && html`<p>${t("nothing_found")}</p>`}
  `;
}

function Choosable({ film, turn, onPick }) {
  return html`<button class="first-film" aria-label=${t("action_on", { action: t("like"), title: `${film.title}${film.year ? `, ${film.year}` : ""}` })} onClick=${onPick}><${Poster} film=${film} isEager=${true} turn=${turn} /></button>`;
}

/** [films in their places, passed over, others!, take!]: a place whose film goes gets the one that tells most now. */
function usePlaces(eras, picked) {
  const pool = useMemo(() => eras?.flat() ?? [], [eras]);
  const [shown, setShown] = useState([]);
  const [passed, setPassed] = useState([]);
  useEffect(() => {
    if (eras) setShown(firstPlaces(eras, pool));
  }, [eras]);
  const unseen = (gone) => pool.filter((film) => ![...shown, ...gone, ...picked].includes(film));
  const others = () => {
    const gone = [...passed, ...shown];
    const next = filled([], unseen(gone).filter((film) => !gone.includes(film)), pool, believed(pool, picked, gone), PLACES);
    setPassed(next.length < PLACES ? [] : gone);
    if (next.length) setShown(next);
  };
  const take = (film) => {
    const belief = believed(pool, [...picked, film], passed);
    const worst = shown.filter((one) => one !== film).sort((one, other) => mostTellingLast(one, other, pool, belief)).slice(0, REPLACED_AT_A_PICK);
    const gone = [film, ...worst].filter((one) => shown.includes(one));
    const next = [...shown];
    let from = unseen([...passed, film]);
    for (const one of gone) {
      const better = mostTelling(from, next.filter((other) => other !== one), pool, belief);
      if (!better) continue;
      next[next.indexOf(one)] = better;
      from = from.filter((other) => other !== better);
    }
    setPassed([...passed, ...worst]);
    setShown(next.filter((one) => one !== film));
  };
  return [shown, passed, others, take];
}

const mostTellingLast = (one, other, pool, belief) => (mostTelling([one, other], [], pool, belief) === one ? 1 : -1);

/** Era by era in turn, so that the first screen has something of each. */
function firstPlaces(eras, pool) {
  const belief = believed(pool, [], []);
  const shown = [];
  for (let turn = 0; shown.length < Math.min(PLACES, pool.length); turn += 1) {
    const from = eras[turn % eras.length].filter((film) => !shown.includes(film));
    const next = mostTelling(from, shown, pool, belief);
    if (next) shown.push(next);
  }
  return shown;
}

function filled(shown, from, pool, belief, count) {
  const next = [...shown];
  while (next.length < count) {
    const better = mostTelling(from.filter((film) => !next.includes(film)), next, pool, belief);
    if (!better) break;
    next.push(better);
  }
  return next;
}

function useFound(text) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    if (!text) return setFound([]);
    const leaving = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { films } = await filmsApi("GET", "v1/films", { query: { query: text, limit: PLACES }, signal: leaving.signal });
        setFound(films);
        say(films.length ? t("found", { n: films.length }) : t("nothing_found"));
      } catch {
        // typed on, or no connection: what was found before stays
      }
    }, FIND_PAUSE_MS);
    return () => (clearTimeout(timer), leaving.abort());
  }, [text]);
  return found;
}

/** What is picked so far, at the lower edge: nothing above it moves when it grows. */
export function Picked({ picked, enough, done, onUnpick, onDone }) {
  const left = Math.max(0, PICKS_WANTED - picked.length);
  return html`<section class="first-picked" aria-label=${t("start_picked")}>
    <ul>${Array.from({ length: Math.max(PICKS_WANTED, picked.length) }, (_, index) => {
      const film = picked[index];
      return html`<li key=${index} class="first-place">${film && html`<button aria-label=${t("undo_on", { title: film.title })} onClick=${() => onUnpick(film)}><${Poster} film=${{ ...film, title: "" }} /></button>`}</li>`;
    })}</ul>
    <p role="status">${left ? t("start_left", { n: left }) : enough}</p>
    <button class="button button-main first-done" disabled=${picked.length < PICKS_ENOUGH} onClick=${onDone}>${done}</button>
  </section>`;
}

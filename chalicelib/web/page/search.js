// Search as you type, with filters. What is searched for stands in the address, so a search can be kept and sent.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { filmsApi } from "./api.js";
import { Card } from "./card.js";
import { ageLimit } from "./family.js";
import { SelectField } from "./fields.js";
import { Icon } from "./icons.js";
import { CardSkeletons, Empty, Failed } from "./notices.js";
import { turnsOf } from "./poster.js";
import { replaceAddress, route, searchAddress } from "./router.js";
import { useStore } from "./state.js";
import { say } from "./messages.js";
import { genreText, t } from "./words.js";

const TYPING_PAUSE_MS = 180;
const PAGE_OF_FILMS = 24;
const OLDEST_YEAR = 1890;
// The genres of MovieLens and IMDb; a catalogue with others shows them on its films, and they lead here too.
export const GENRES = ["Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"];
const RATINGS = ["6", "7", "8"];
const isWide = matchMedia("(min-width: 761px)").matches; // a phone shows the filters when asked
const SORTS = ["relevance", "rating", "year"];

export function Search() {
  const { query: filters } = useStore(route);
  const [typed, setTyped] = useState(filters.query ?? "");
  const found = useFilms(filters);
  const sent = useRef(filters.query ?? "");

  useEffect(() => {
    // The address changed by itself (a genre link, the way back): the field follows.
    if ((filters.query ?? "") !== sent.current) {
      sent.current = filters.query ?? "";
      setTyped(sent.current);
    }
  }, [filters.query]);
  useEffect(() => {
    if (typed === sent.current) return undefined;
    const timer = setTimeout(() => {
      if (!location.hash.startsWith("#/search")) return; // a film was opened while typing
      sent.current = typed;
      replaceAddress(searchAddress({ ...filters, query: typed }));
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const set = (name) => (value) => replaceAddress(searchAddress({ ...filters, [name]: value }));
  return html`
    <h1 class="screen-title">${t("search_title")}</h1>
    <form class="search" role="search" onSubmit=${(event) => event.preventDefault()}>
      <div class="search-box">
        <${Icon} name="search" />
        <label class="sr-only" for="search-text">${t("search_label")}</label>
        <input id="search-text" type="search" autocomplete="off" enterkeyhint="search" placeholder=${t("search_placeholder")} value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      </div>
      <${Filters} filters=${filters} set=${set} />
    </form>
    <${Found} ...${found} />
  `;
}

function Filters({ filters, set }) {
  const genres = filters.genre && !GENRES.includes(filters.genre) ? [filters.genre, ...GENRES] : GENRES;
  const named = genres.map((genre) => [genre, genreText(genre)]).sort(([, one], [, other]) => one.localeCompare(other));
  const year = (name) => html`<div class="field">
    <label for=${name}>${t(name)}</label>
    <input id=${name} type="number" inputmode="numeric" min=${OLDEST_YEAR} max=${new Date().getFullYear()} placeholder=${name === "year_from" ? OLDEST_YEAR : new Date().getFullYear()}
      value=${filters[name] ?? ""} onChange=${(event) => set(name)(event.target.checkValidity() ? event.target.value : "")} />
  </div>`;
  return html`<details class="filters-box" open=${isWide || Object.keys(filters).some((name) => name !== "query")}>
    <summary>${t("filters")}</summary>
    <div class="filters">
    <${SelectField} id="genre" label=${t("genre")} value=${filters.genre ?? ""} onChange=${set("genre")} options=${[["", t("any_genre")], ...named]} />
    ${year("year_from")} ${year("year_to")}
    <${SelectField} id="min-rating" label=${t("min_rating")} value=${filters.min_rating ?? ""} onChange=${set("min_rating")}
      options=${[["", t("any_rating")], ...RATINGS.map((rating) => [rating, t("rating_from", { n: rating })])]} />
    <${SelectField} id="sort" label=${t("sort")} value=${filters.sort ?? "relevance"} onChange=${set("sort")} options=${SORTS.map((sort) => [sort, t(`sort_${sort}`)])} />
    </div>
  </details>`;
}

function useFilms(filters) {
  const key = searchAddress(filters);
  const [state, setState] = useState({ phase: "loading", films: [], cursor: null, error: null });
  const [attempt, setAttempt] = useState(0);
  const reading = useRef(null);
  const read = async (cursor) => {
    reading.current?.abort();
    reading.current = new AbortController();
    const { signal } = reading.current;
    setState((now) => ({ ...now, phase: now.films.length ? "more" : "loading", error: null }));
    try {
      const page = await filmsApi("GET", "v1/films", { query: { ...filters, limit: PAGE_OF_FILMS, cursor }, signal });
      setState((now) => ({ phase: "ready", films: cursor ? [...now.films, ...page.films] : page.films, match: page.match, cursor: page.next_cursor, error: null }));
      if (!cursor) say(page.films.length ? t(page.match === "close" ? "found_close" : "found", { n: page.films.length }) : t("nothing_found"));
    } catch (error) {
      if (!signal.aborted) setState((now) => ({ ...now, phase: "failed", error }));
    }
  };
  useEffect(() => {
    read();
    return () => reading.current?.abort();
  }, [key, attempt]);
  return { ...state, onMore: () => read(state.cursor), onRetry: () => setAttempt(attempt + 1) };
}

function Found({ phase, films, match, cursor, error, onMore, onRetry }) {
  if (phase === "failed") return html`<${Failed} error=${error} onRetry=${onRetry} />`;
  if (phase === "loading") return html`<ul class="grid" aria-busy="true"><${CardSkeletons} count=${12} /></ul>`;
  const limit = ageLimit.get(); // the whole screen is drawn anew with another one
  const advice = limit === null ? t("nothing_found_text") : `${t("nothing_found_text")} ${t("family_text", { n: limit })}`;
  if (!films.length) return html`<${Empty} title=${t("nothing_found")} text=${advice}><a class="button" href="#/search">${t("reset")}</a><//>`;
  const turns = turnsOf(films);
  return html`
    <h2 class="found">${match === "close" ? t("found_close") : cursor ? t("found_more", { n: films.length }) : t("found", { n: films.length })}</h2>
    <ul class="grid" aria-busy=${phase === "more"}>${films.map((film, index) => html`<li key=${film.film_id} class="slot"><${Card} film=${film} turn=${turns[index]} /></li>`)}</ul>
    ${cursor && html`<p class="more"><button class="button" onClick=${onMore}>${t("show_more")}</button></p>`}
  `;
}

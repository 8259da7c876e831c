// A film in a row or a grid: poster, what it is, why it is here, and the five buttons.
import { html, useEffect, useRef } from "./vendor/preact.js";
import { Actions } from "./actions.js";
import { Icon } from "./icons.js";
import { Poster } from "./poster.js";
import { watchFilm } from "./seen.js";
import { steady, useStore } from "./state.js";
import { language, ratingText, t } from "./words.js";

const SOURCE_ICONS = { gigachat: "spark", personal: "heart", top: "star", search: "search" };

export function Source({ source }) {
  return html`<span class=${`source source-${source}`}><${Icon} name=${SOURCE_ICONS[source]} />${t(`source_${source}`)}</span>`;
}

/** The reason is a language model's text: it is only ever shown as text. */
export function Reason({ film, isLong = false }) {
  if (!film.source) return null;
  const said = (isLong && film.explanation) || film.reason;
  return html`<div class="reason"><${Source} source=${film.source} />${said && html`<p>${said}</p>`}</div>`;
}

export function FilmLine({ film }) {
  return html`<p class="film-line">
    ${film.year && html`<span>${film.year}</span>`}
    ${film.imdb_rating && html`<span class="film-rating"><${Icon} name="star" /><span class="sr-only">IMDb </span>${ratingText(film.imdb_rating)}</span>`}
  </p>`;
}

export const Card = steady(function FilmCard({ film, tabIndex = 0, isEager = false, turn = 0 }) {
  useStore(language);
  const box = useRef(null);
  useEffect(() => watchFilm(box.current, film), [film]);
  return html`<article class="card" ref=${box}>
    <a class="card-link" href=${`#/film/${film.film_id}`} tabindex=${tabIndex}>
      <${Poster} film=${film} isEager=${isEager} turn=${turn} />
      <h3 class="card-title">${film.title}</h3>
    </a>
    <${FilmLine} film=${film} />
    <${Actions} film=${film} tabIndex=${tabIndex} />
    <${Reason} film=${film} />
  </article>`;
});

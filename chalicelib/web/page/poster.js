// A film's poster: the catalogue's picture, or one drawn for its genre and title.
import { h, html, useState } from "./vendor/preact.js";
import { choiceOf, drawn } from "./motifs_more.js";
import { genreText } from "./words.js";

const MOTIF_OF = {
  children: "animation", family: "animation", "film-noir": "crime", noir: "crime", musical: "music", history: "drama", biography: "documentary",
  sport: "action", short: "other", "science fiction": "sci-fi", драма: "drama", комедия: "comedy", боевик: "action", триллер: "thriller", ужасы: "horror",
  фантастика: "sci-fi", фэнтези: "fantasy", мелодрама: "romance", криминал: "crime", детектив: "mystery", приключения: "adventure", мультфильм: "animation",
  военный: "war", вестерн: "western", мюзикл: "music", музыка: "music", документальный: "documentary",
};
// The genre that says most about a film comes first: nearly everything is also a drama.
const TELLING = ["animation", "western", "war", "music", "horror", "sci-fi", "documentary", "crime", "mystery", "romance", "fantasy", "adventure", "thriller", "comedy", "action", "drama"];

const SECOND_GENRE_SHARE = 0.4;

/** The most telling genre of the film, or now and then its second one: a thriller need not always be a keyhole. */
export function motifOf(genres, chance) {
  const kinds = (genres ?? []).map((genre) => genre.toLowerCase()).map((genre) => MOTIF_OF[genre] ?? genre);
  const telling = TELLING.filter((kind) => kinds.includes(kind));
  return (chance() < SECOND_GENRE_SHARE ? telling[1] : telling[0]) ?? telling[0] ?? "other";
}

/** Numbers in 0…1 that are the same for the same text (mulberry32 on an FNV-1a hash). */
function chanceFrom(text) {
  let seed = 2166136261;
  for (const letter of text) seed = Math.imul(seed ^ letter.codePointAt(0), 16777619);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS_WIDTH = 87; // of a poster's width, in hundredths, as all sizes here
const LETTER_WIDTH = 0.47; // of the type's size, for capitals of the poster's typeface
const LINES_MAX = 4;
const TINTS = 3; // sets of inks of the commonest genres (card.css)

/** The type's size: the longest word fits its line, the whole title fits its lines. */
export function sizeOf(title) {
  const longest = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  const byWord = WORDS_WIDTH / (longest * LETTER_WIDTH);
  const byLength = (LINES_MAX * WORDS_WIDTH * 3.2) / (title.length * LETTER_WIDTH * 10) + 4;
  return Math.max(8, Math.min(24, byWord, byLength)).toFixed(1);
}

/** What is drawn on a film's poster, by its numbers: motif, side, inks; `chance` goes on with the drawing's own. */
function designOf(film, turn) {
  const chance = chanceFrom(turn ? `${film.film_id} ${turn}` : film.film_id);
  const motif = motifOf(film.genres, chance);
  const isFlipped = chance() < 0.5;
  const tint = Math.floor(chance() * TINTS);
  return { motif, isFlipped, tint, chance };
}

function kindOf(film, turn) {
  if (film.poster_url) return film.film_id; // a picture is like no other
  const { motif, chance } = designOf(film, turn);
  return `${motif} ${choiceOf(motif, chance)}`;
}

const TURNS = 6; // other drawings that are tried; a genre with a single one may run out of them

/** How often each film's numbers are turned on, so that no drawing stands beside itself. `known` (film_id → turn) keeps
 * what has been shown: a poster does not change while it is looked at. */
export function turnsOf(films, known = new Map()) {
  films.forEach((film, index) => {
    if (known.has(film.film_id)) return;
    const beside = [films[index - 1], films[index + 1]].filter((other) => other && known.has(other.film_id)).map((other) => kindOf(other, known.get(other.film_id)));
    let turn = 0;
    while (turn < TURNS && beside.includes(kindOf(film, turn))) turn += 1;
    known.set(film.film_id, turn % TURNS);
  });
  return films.map((film) => known.get(film.film_id));
}

export function Poster({ film, isEager = false, turn = 0 }) {
  const [isBroken, setBroken] = useState(false);
  if (film.poster_url?.startsWith("https://") && !isBroken) {
    return html`<div class="poster">
      <img src=${film.poster_url} alt="" width="200" height="300" loading=${isEager ? "eager" : "lazy"} decoding="async" referrerpolicy="no-referrer" onError=${() => setBroken(true)} />
    </div>`;
  }
  const { motif, isFlipped, tint, chance } = designOf(film, turn);
  const genre = film.genres?.[0];
  return html`<div class=${`poster poster-drawn ink-${motif} tint-${tint}`} aria-hidden="true">
    <svg viewBox="0 0 200 300" preserveAspectRatio="xMidYMin slice">
      ${h("g", isFlipped ? { transform: "translate(200 0) scale(-1 1)" } : {}, drawn(motif, chance))}
    </svg>
    <div class="poster-words">
      <span class="poster-title" style=${{ fontSize: `${sizeOf(film.title)}cqw` }}>${film.title}</span>
      <span class="poster-small"><span>${film.year ?? ""}</span><span>${genre ? genreText(genre) : ""}</span></span>
    </div>
  </div>`;
}

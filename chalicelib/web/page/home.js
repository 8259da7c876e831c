// The home page of a signed-in viewer.
import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { steady, useStore } from "./state.js";
import { Actions } from "./actions.js";
import { AskField } from "./ask.js";
import { FilmLine, Reason } from "./card.js";
import { ageLimit } from "./family.js";
import { HomeFilters } from "./home_filters.js";
import { homeFilters, homeList, askForNewPicks, becauseTitles, loadHome, showHome, titleOf } from "./home_list.js";
import { judgedCount, ratings, unrated } from "./rate.js";
import { CardSkeletons, Empty, errorText, Failed, Waiting } from "./notices.js";
import { Moods } from "./moods.js";
import { Poster } from "./poster.js";
import { Row } from "./row.js";
import { rowsOf } from "./rows.js";
import { watchFilm } from "./seen.js";
import { Slot } from "./slot.js";
import { tell } from "./messages.js";
import { genresText, language, t, timeText } from "./words.js";

const RATINGS_FOR_MODEL = 3; // the API asks GigaChat from the third rating on (settings.py: ask_after_rated)

export function Home() {
  const list = useStore(homeList);
  const limit = useStore(ageLimit);
  useStore(becauseTitles);
  useEffect(showHome, []);
  const rows = useMemo(() => rowsOf(list.films), [list.version]);
  if (list.phase === "failed") return html`<${Failed} error=${list.error} onRetry=${loadHome} />`;
  if (list.phase !== "ready") return html`<${HomeSkeleton} />`;
  if (!rows.length) {
    return html`<h1 class="sr-only">${t("home")}</h1>
      <${StateLine} list=${list} />
      <${AskField} />
      <${HomeFilters} />
      ${isNarrowed() ? html`<${Empty} title=${t("nothing_found")} text=${t("filters_nothing")}><button class="button" onClick=${() => homeFilters.set({})}>${t("reset")}</button><//>` : html`<${Empty} title=${t("home_empty_title")} text=${limit === null ? t("home_empty") : t("family_text", { n: limit })}><a class="button" href="#/search">${t("search")}</a><//>`}`;
  }
  return html`
    <h1 class="sr-only">${t("home")}</h1>
    <${StateLine} list=${list} />
    <${AskField} />
    <${Moods} />
    <${HomeFilters} />
    ${rows.map((row, index) =>
      row.kind === "hero"
        ? html`<${Hero} key=${`hero-${list.version}`} row=${row} />`
        : html`<${Row} key=${index} id=${`row-${index}`} title=${titleOfRow(row)} films=${row.films} reserve=${row.reserve} version=${list.version} isFirst=${index === 1} />`,
    )}
  `;
}

const isNarrowed = () => Object.values(homeFilters.get()).some(Boolean);

function titleOfRow({ kind, about }) {
  if (kind === "because") {
    const title = titleOf(about);
    return title ? t("because_of", { title }) : t("more_for_you");
  }
  if (kind === "newest") return t("newest_films", { years: about });
  if (kind === "genre") return t("top_genre", { genre: genresText(about) });
  return t(kind === "top" ? "top_films" : "for_you");
}

function StateLine({ list }) {
  const ratedCount = useStore(ratings, judgedCount);
  const left = RATINGS_FOR_MODEL - ratedCount;
  const isBusy = list.state === "updating";
  return html`<div class="state-line">
    <p class=${isBusy ? "is-busy" : ""}>${stateText(list, left)}</p>
    ${ratedCount === 0 && html`<a class="button" href="#/start">${t("start_link")}</a>`}
    ${!isBusy && left <= 0 && html`<button class="link-button" onClick=${askAgain}>${t("ask_again")}</button>`}
  </div>`;
}

function stateText({ state, availableAt, generatedAt, source }, left) {
  if (state === "updating") return t("state_updating");
  if (left > 0) return t("likes_to_go", { n: left });
  if (state === "waiting") return availableAt && new Date(availableAt) > new Date() ? t("state_waiting_until", { time: timeText(availableAt) }) : t("state_waiting");
  return source === "top" || !generatedAt ? t("motto") : t("state_fresh", { time: timeText(generatedAt) });
}

async function askAgain() {
  try {
    const { available_at: availableAt } = await askForNewPicks();
    const isLater = availableAt && new Date(availableAt) > new Date();
    tell(isLater ? t("state_waiting_until", { time: timeText(availableAt) }) : t("asked_again"));
  } catch (error) {
    tell(errorText(error), { isError: true });
  }
}

/** The best film of the list, large. Its place works as a place in a row does. */
const Hero = steady(function FilmOfTheEvening({ row }) {
  useStore(language);
  const [films, setFilms] = useState(() => unrated([...row.films, ...row.reserve]));
  const [film, ...later] = films;
  if (!film) return null;
  return html`<section class="hero" aria-label=${t("tonight")}>
    <ul class="hero-place">
      <${Slot} film=${film} tabIndex=${0} onGone=${() => setFilms(later)} draw=${HeroFilm} />
    </ul>
  </section>`;
});

function HeroFilm({ film }) {
  const box = useRef(null);
  useEffect(() => watchFilm(box.current, film), [film]);
  return html`<article class="hero-film" ref=${box}>
    <a class="hero-poster" href=${`#/film/${film.film_id}`} tabindex="-1" aria-hidden="true"><${Poster} film=${film} isEager=${true} /></a>
    <div class="hero-words">
      <p class="hero-over">${t(film.source === "top" ? "start_title" : "tonight")}</p>
      <h2><a href=${`#/film/${film.film_id}`}>${film.title}</a></h2>
      <${FilmLine} film=${film} />
      ${film.source === "top" ? html`<p class="hero-text">${t("start_text")}</p>` : html`<${Reason} film=${film} />`}
      <${Actions} film=${film} isLabelled=${true} />
    </div>
  </article>`;
}

function HomeSkeleton() {
  return html`<${Waiting} />
    <div class="state-line"><p>${t("loading")}</p></div>
    <${AskField} />
    <${HomeFilters} />
    <div class="hero"><div class="hero-film hero-skeleton"></div></div>
    ${[0, 1].map((row) => html`<div key=${row} class="row"><div class="row-head"><div class="line-skeleton"></div></div><ul class="row-films"><${CardSkeletons} count=${8} /></ul></div>`)}`;
}

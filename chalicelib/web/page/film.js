// One film: what is known of it, why it was recommended, what is like it.
import { html, useEffect, useState } from "./vendor/preact.js";
import { Actions } from "./actions.js";
import { filmsApi } from "./api.js";
import { Card, FilmLine, Reason } from "./card.js";
import { ageLimit } from "./family.js";
import { homeList } from "./home_list.js";
import { CardSkeletons, Empty, Failed } from "./notices.js";
import { Poster } from "./poster.js";
import { ratings } from "./rate.js";
import { searchAddress } from "./router.js";
import { noteOpened } from "./seen.js";
import { useStore } from "./state.js";
import { awardText, countryText, dayText, genreText, language, lengthText, ratingText, t, votesText } from "./words.js";

const SIMILAR = 12;

export function Film({ id }) {
  const [film, error, retry] = useRead(() => filmsApi("GET", `v1/films/${encodeURIComponent(id)}`), id);
  const [similar] = useRead(() => filmsApi("GET", `v1/films/${encodeURIComponent(id)}/similar`, { query: { limit: SIMILAR } }), id);
  const limit = useStore(ageLimit);
  const listed = useStore(homeList, (list) => list.films.find((one) => one.film_id === id));
  useEffect(() => {
    if (film) document.title = `${film.title} · ${t("brand")}`;
    if (film) noteOpened(listed ?? film);
  }, [film]);
  if (error?.status === 404 && limit !== null) {
    return html`<h1 class="sr-only">${t("family_hidden")}</h1>
      <${Empty} title=${t("family_hidden")} text=${t("family_text", { n: limit })}><a class="button" href="#/search">${t("search")}</a><//>`;
  }
  if (error?.status === 404 || error?.status === 400) {
    return html`<h1 class="sr-only">${t("film_missing")}</h1>
      <${Empty} title=${t("film_missing")} text=${t("not_found")}><a class="button" href="#/search">${t("search")}</a><//>`;
  }
  if (error) return html`<${Failed} error=${error} onRetry=${retry} />`;
  if (!film) return html`<${FilmSkeleton} />`;
  return html`
    <article class="film">
      <div class="film-poster"><${Poster} film=${film} isEager=${true} /></div>
      <div class="film-words">
        <h1>${film.title}</h1>
        ${film.original_title && film.original_title !== film.title && html`<p class="film-original"><span class="sr-only">${t("original_title")}: </span>${film.original_title}</p>`}
        <div class="film-facts">
          <${FilmLine} film=${film} />
          ${film.imdb_votes && html`<span class="film-votes">${t("votes", { votes: votesText(film.imdb_votes) })}</span>`}
        </div>
        <p class="chips">${(film.genres ?? []).map((genre) => html`<a key=${genre} class="chip" href=${searchAddress({ genre })}>${genreText(genre)}</a>`)}</p>
        <${Actions} film=${film} isLabelled=${true} />
        <${Standing} film=${film} listed=${listed} />
        ${listed && html`<section class="film-why"><h2>${t("why")}</h2><${Reason} film=${listed} isLong=${true} /></section>`}
        ${film.description && html`<p class="film-description">${film.description}</p>`}
        <${People} film=${film} />
      </div>
    </article>
    ${(!similar || similar.films.length > 0) &&
    html`<section class="row" aria-labelledby="similar">
      <div class="row-head"><h2 id="similar">${t("similar")}</h2></div>
      <ul class="row-films">
        ${similar ? similar.films.map((one) => html`<li key=${one.film_id} class="slot"><${Card} film=${one} /></li>`) : html`<${CardSkeletons} count=${6} />`}
      </ul>
    </section>`}
  `;
}

/** Where the film stands with this viewer: what they have said, and its place among their recommendations. */
function Standing({ film, listed }) {
  const own = useStore(ratings, (all) => all.get(film.film_id));
  const said = own && [own.steer, own.rating].filter(Boolean).map((word) => t(`done_${word}`));
  const parts = [
    own?.saved && t("stands_saved"),
    said?.length && t("stands_said", { what: said.join(", "), day: dayText(own.updated_at) }),
    !own && listed?.place && t("stands_listed", { n: listed.place }),
  ].filter(Boolean);
  if (!parts.length) return null;
  return html`<p class="stands"><strong>${t("stands")}</strong> ${parts.join(" · ")}</p>`;
}

function People({ film }) {
  const lines = [
    ["directors", film.directors],
    ["actors", film.actors],
    ["countries", film.countries?.map(countryText)],
    ["length", film.runtime_minutes && [lengthText(film.runtime_minutes)]],
    ["age", Number.isInteger(film.age_rating) && [`${film.age_rating}+`]],
    ["critics", Number.isInteger(film.critics_rating) && [t("out_of_100", { n: film.critics_rating })]],
    ["audience", !film.imdb_rating && film.audience_rating && [ratingText(film.audience_rating)]],
    ["awards", film.awards?.map(awardText)],
    ["also_known", film.alternative_titles],
  ].filter(([, names]) => names?.length);
  return html`<dl class="people">${lines.map(([key, names]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${names.join(", ")}</dd></div>`)}</dl>`;
}

/** [answer, error, retry] of a reading request; read anew when `key`, the language or the age limit changes. */
export function useRead(ask, key) {
  const spoken = useStore(language);
  const limit = useStore(ageLimit);
  const [state, setState] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isOpen = true;
    setState({});
    ask().then(
      (answer) => isOpen && setState({ answer }),
      (error) => isOpen && setState({ error }),
    );
    return () => (isOpen = false);
  }, [key, spoken, limit, attempt]);
  return [state.answer, state.error, () => setAttempt(attempt + 1)];
}

function FilmSkeleton() {
  return html`<div class="film film-skeleton" aria-busy="true">
    <div class="film-poster"><div class="poster"></div></div>
    <div class="film-words"><div class="line-skeleton line-large"></div><div class="line-skeleton"></div><div class="line-skeleton"></div></div>
  </div>`;
}

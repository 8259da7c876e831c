// What the viewer has said: look through it, change it, take it back; bring a history in.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { Actions, JUDGEMENTS } from "./actions.js";
import { api } from "./api.js";
import { useFetched } from "./fetched.js";
import { ratings, restore } from "./rate.js";
import { Empty, Failed } from "./notices.js";
import { Poster } from "./poster.js";
import { route } from "./router.js";
import { useStore } from "./state.js";
import { tell } from "./messages.js";
import { dayText, t } from "./words.js";

const RATINGS_PER_PAGE = 50;

export function MyRatings() {
  const { id } = useStore(route);
  const tab = JUDGEMENTS.includes(id) ? id : "like";
  const [imported, setImported] = useState(0);
  return html`
    <h1 class="screen-title">${t("my_ratings_title")}</h1>
    <nav class="tabs" aria-label=${t("my_ratings_title")}>
      ${JUDGEMENTS.map((action) => html`<a key=${action} href=${`#/mine/${action}`} aria-current=${action === tab ? "page" : undefined}>${t(`tab_${action}`)}</a>`)}
    </nav>
    <div class="my-ratings">
      <${RatedFilms} key=${`${tab}-${imported}`} tab=${tab} />
      <${ImportDoor} onImported=${() => setImported(imported + 1)} />
    </div>
  `;
}

const fetchImport = async () => (await import("./import_history.js")).ImportHistory;

/** Bringing a history is for once in a lifetime: it is fetched apart. */
function ImportDoor({ onImported }) {
  const { Screen, error, again } = useFetched(fetchImport);
  if (error) return html`<${Failed} error=${error} onRetry=${again} />`;
  return Screen ? html`<${Screen} onImported=${onImported} />` : html`<section class="panel" aria-busy="true"></section>`;
}

function RatedFilms({ tab }) {
  const [state, setState] = useState({ phase: "loading", items: [], cursor: null });
  const all = useStore(ratings);
  const filter = ["like", "dislike", "seen"].includes(tab) ? { rating: tab } : { steer: tab };
  const read = async (cursor) => {
    try {
      const page = await api("GET", "v1/feedback", { signedIn: true, query: { ...filter, limit: RATINGS_PER_PAGE, cursor } });
      setState((now) => ({ phase: "ready", items: cursor ? [...now.items, ...page.feedback] : page.feedback, cursor: page.next_cursor }));
    } catch (error) {
      setState((now) => ({ ...now, phase: "failed", error }));
    }
  };
  useEffect(() => {
    read();
  }, []);
  if (state.phase === "loading") return html`<ul class="rated-films" aria-busy="true">${[0, 1, 2, 3].map((index) => html`<li key=${index} class="rated-film rated-film-skeleton"></li>`)}</ul>`;
  if (state.phase === "failed") return html`<${Failed} error=${state.error} onRetry=${() => read()} />`;
  if (!state.items.length) return html`<${Empty} title=${t("my_ratings_empty_title")} text=${t(`my_ratings_empty_${tab}`)}><a class="button" href="#/search">${t("search")}</a><//>`;
  return html`<div>
    <ul class="rated-films">${state.items.map((item) => html`<${RatedFilm} key=${item.film_id} item=${item} now=${all.get(item.film_id)} />`)}</ul>
    ${state.cursor && html`<p class="more"><button class="button" onClick=${() => read(state.cursor)}>${t("show_more")}</button></p>`}
  </div>`;
}

/** A line stays where it is when its mark is taken off, greyed, so that it can be put back. */
function RatedFilm({ item, now }) {
  const isLoaded = useRef(Boolean(now));
  if (now) isLoaded.current = true;
  const isGone = isLoaded.current && !now;
  const remove = () => {
    restore(item, null);
    tell(`${t("removed")}: ${item.title}`, { action: { label: t("undo"), run: () => restore(item, now ?? item) } });
  };
  return html`<li class=${`rated-film ${isGone ? "is-gone" : ""}`}>
    <a class="rated-film-poster" href=${`#/film/${item.film_id}`} tabindex="-1" aria-hidden="true"><${Poster} film=${{ ...item, title: "" }} /></a>
    <div class="rated-film-words">
      <a href=${`#/film/${item.film_id}`}>${item.title}</a>
      <p>${item.year && html`<span>${item.year}</span>`}<span>${dayText(item.updated_at)}</span></p>
    </div>
    <${Actions} film=${item} />
    <button class="link-button rated-film-remove" disabled=${isGone} onClick=${remove} aria-label=${`${t("remove")}: ${item.title}`}>${t("remove")}</button>
  </li>`;
}

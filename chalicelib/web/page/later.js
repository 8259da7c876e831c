// The watchlist: films that the viewer has put aside.
import { html, useEffect, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Card } from "./card.js";
import { CardSkeletons, Empty, Failed } from "./notices.js";
import { ratings, restore } from "./rate.js";
import { Rated } from "./slot.js";
import { useStore } from "./state.js";
import { t } from "./words.js";

const LATER_PER_PAGE = 48;

export function Later() {
  const [state, setState] = useState({ phase: "loading", items: [], cursor: null });
  const read = async (cursor) => {
    try {
      const page = await api("GET", "v1/feedback", { signedIn: true, query: { saved: true, limit: LATER_PER_PAGE, cursor } });
      setState((now) => ({ phase: "ready", items: cursor ? [...now.items, ...page.feedback] : page.feedback, cursor: page.next_cursor }));
    } catch (error) {
      setState((now) => ({ ...now, phase: "failed", error }));
    }
  };
  useEffect(() => {
    read();
  }, []);
  return html`<h1 class="screen-title">${t("later_title")}</h1><${LaterFilms} ...${state} onRead=${read} />`;
}

function LaterFilms({ phase, items, cursor, error, onRead }) {
  if (phase === "loading") return html`<ul class="grid" aria-busy="true"><${CardSkeletons} count=${6} /></ul>`;
  if (phase === "failed") return html`<${Failed} error=${error} onRetry=${() => onRead()} />`;
  if (!items.length) return html`<${Empty} title=${t("my_ratings_empty_title")} text=${t("later_empty")}><a class="button" href="#/">${t("to_home")}</a><//>`;
  return html`<h2 class="sr-only">${t("found", { n: items.length })}</h2>
    <ul class="grid">${items.map((item) => html`<${LaterFilm} key=${item.film_id} item=${item} />`)}</ul>
    ${cursor && html`<p class="more"><button class="button" onClick=${() => onRead(cursor)}>${t("show_more")}</button></p>`}`;
}

/** A place stays when its film leaves the list, and offers to put it back. */
function LaterFilm({ item }) {
  const own = useStore(ratings, (all) => all.get(item.film_id));
  const [wasSaved, setSaved] = useState(false); // marks may be read after this screen
  useEffect(() => {
    if (own?.saved) setSaved(true);
  }, [own]);
  const isGone = wasSaved && !own?.saved;
  return html`<li class="slot">
    ${isGone ? html`<${Rated} film=${item} own=${own ?? {}} tabIndex=${0} onUndo=${() => restore(item, item)} />` : html`<${Card} film=${item} />`}
    ${item.available === false && html`<p class="unavailable">${t("unavailable")}</p>`}
  </li>`;
}

// What the picked films say of their viewer, at once and by the catalogue alone, then in GigaChat's words when it has
// answered; and three films for tonight.
import { html, useEffect, useState } from "./vendor/preact.js";
import { isSignedIn } from "./api.js";
import { Card } from "./card.js";
import { homeList, lookAgain, showHome } from "./home_list.js";
import { CardSkeletons } from "./notices.js";
import { unrated } from "./rate.js";
import { useStore } from "./state.js";
import { tasteSentences } from "./taste_facts.js";
import { believed, likeliest } from "./telling.js";
import { t } from "./words.js";

const FOR_TONIGHT = 3;
const SENTENCES = 3;
const LIST_WAITED_FOR_MS = 12_000; // a list takes some two seconds; after this what there is will do

export function FirstReveal({ picked, details, pool }) {
  const isOwn = isSignedIn();
  const films = useTonight(picked, pool, isOwn);
  const { taste } = useStore(homeList);
  const sentences = [...(isOwn ? (taste ?? []) : []), ...tasteSentences(picked, details)].slice(0, SENTENCES);
  useEffect(() => {
    scrollTo({ top: 0, behavior: "instant" });
    document.getElementById("reveal-title").focus({ preventScroll: true });
  }, []);
  return html`
    <section class=${isOwn ? "reveal reveal-own" : "reveal"} aria-labelledby="reveal-title">
      <h1 class="screen-title" id="reveal-title" tabindex="-1">${t("reveal_title")}</h1>
      ${sentences.map((sentence) => html`<p key=${sentence}>${sentence}</p>`)}
    </section>
    <section class="reveal-films" aria-labelledby="reveal-tonight">
      <h2 id="reveal-tonight">${t("reveal_tonight")}</h2>
      <ul class="grid" aria-busy=${!films}>${films ? films.map((film) => html`<li key=${film.film_id} class="slot"><${Card} film=${film} /></li>`) : html`<${CardSkeletons} count=${FOR_TONIGHT} />`}</ul>
    </section>
    <p class="reveal-on">${isOwn ? html`<a class="button button-main" href="#/">${t("reveal_home")}</a>` : html`<a class="button button-main" href="#/register">${t("reveal_register")}</a>`}</p>
  `;
}

/** Three films, chosen once: of the viewer's new list; of a stranger, the likeliest among those that were to be picked. */
function useTonight(picked, pool, isOwn) {
  const list = useStore(homeList);
  const [films, setFilms] = useState(null);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LIST_WAITED_FOR_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!isOwn) return undefined;
    const leave = showHome();
    lookAgain();
    return leave;
  }, []);
  useEffect(() => {
    if (films) return;
    const own = unrated(list.films).filter((film) => film.source !== "top");
    if (own.length >= FOR_TONIGHT) return setFilms(own.slice(0, FOR_TONIGHT));
    if (isOwn && !isLate) return;
    const ids = new Set(picked.map((film) => film.film_id));
    const open = unrated(pool).filter((film) => !ids.has(film.film_id));
    setFilms(likeliest(open, pool, believed(pool, picked, []), FOR_TONIGHT));
  }, [list.version, list.films, isLate]);
  return films;
}

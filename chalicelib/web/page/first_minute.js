// The first minute of a new viewer: a few films picked among all eras and kinds, then what they say, and three for tonight.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { filmsApi, isSignedIn } from "./api.js";
import { ageLimit } from "./family.js";
import { addSheet } from "./fetched.js";
import { FirstReveal } from "./first_reveal.js";
import { Failed } from "./notices.js";
import { Picked, Picker, readEras } from "./picker.js";
import { rate, ratings, restore } from "./rate.js";
import { useStore } from "./state.js";
import { addWords, language, t } from "./words.js";
import { firstMinuteWordsEn } from "./words_first_minute_en.js";
import { firstMinuteWordsRu } from "./words_first_minute_ru.js";

addWords({ ru: firstMinuteWordsRu, en: firstMinuteWordsEn });

export const firstMinuteStyle = () => addSheet("assets/first_minute.css");

export function FirstMinute() {
  const spoken = useStore(language);
  const limit = useStore(ageLimit);
  return html`<${Minute} key=${`${spoken}/${limit}`} />`;
}

function Minute() {
  const [pool, setPool] = useState(null); // by era; an empty one failed
  const [attempt, setAttempt] = useState(0);
  const [isTold, setTold] = useState(false);
  const [picked, setPicked] = useState([]);
  const details = useRef(new Map());
  useEffect(() => {
    let isOpen = true;
    readEras().then((eras) => isOpen && setPool(eras));
    return () => (isOpen = false);
  }, [attempt]);
  const pick = (film) => {
    if (picked.some((one) => one.film_id === film.film_id)) return;
    setPicked([...picked, film]);
    if (ratings.get().get(film.film_id)?.rating !== "like") rate(film, "like");
    filmsApi("GET", `v1/films/${film.film_id}`).then((known) => details.current.set(film.film_id, known), () => {});
  };
  const unpick = (film) => {
    setPicked(picked.filter((one) => one !== film));
    restore(film, null);
  };
  const films = pool?.flat() ?? [];
  if (pool && !films.length) return html`<h1 class="sr-only">${t("start")}</h1><${Failed} error=${{ status: 0 }} onRetry=${() => (setPool(null), setAttempt(attempt + 1))} />`;
  if (isTold) return html`<${FirstReveal} picked=${picked} details=${picked.map((film) => details.current.get(film.film_id)).filter(Boolean)} pool=${films} />`;
  return html`
    <div class="first-head">
      <div><h1 class="screen-title">${t("start_pick")}</h1><p>${t("start_pick_text")}</p></div>
      <a class="button first-skip" href="#/">${t("start_skip")}</a>
    </div>
    <${Picker} eras=${pool} picked=${picked} onPick=${pick} />
    <${Picked} picked=${picked} enough=${t(isSignedIn() ? "start_enough" : "start_enough_stranger")} done=${t("start_done")} onUnpick=${unpick} onDone=${() => setTold(true)} />
  `;
}

// Films for a request in the viewer's own words. What was understood of it stands there as chips that can be taken away.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Card } from "./card.js";
import { Icon } from "./icons.js";
import { say } from "./messages.js";
import { CardSkeletons, Empty, Failed } from "./notices.js";
import { go, route } from "./router.js";
import { useStore } from "./state.js";
import { countryText, genreText, t } from "./words.js";

const FILMS_ASKED_FOR = 24;
const REQUEST_CHARACTERS_MAX = 300; // the API takes no more

/** The field alone, for the home page; `said` is what stands in it. */
export function AskField({ said = "" }) {
  const [typed, setTyped] = useState(said);
  useEffect(() => setTyped(said), [said]);
  const ask = (event) => {
    event.preventDefault();
    const text = typed.trim();
    if (text) go(`#/ask?${new URLSearchParams({ text })}`);
  };
  return html`<form class="ask" role="search" aria-label=${t("ask")} onSubmit=${ask}>
    <div class="search-box">
      <${Icon} name="spark" />
      <label class="sr-only" for="ask-text">${t("ask_label")}</label>
      <input id="ask-text" type="search" autocomplete="off" enterkeyhint="search" maxlength=${REQUEST_CHARACTERS_MAX} placeholder=${t("ask_placeholder")} value=${typed} onInput=${(event) => setTyped(event.target.value)} />
    </div>
    <button class="button button-main" type="submit">${t("ask_button")}</button>
  </form>`;
}

export function Ask() {
  const { query } = useStore(route);
  const said = query.text ?? "";
  const answer = useAnswer(said);
  return html`
    <h1 class="screen-title">${t("ask")}</h1>
    <${AskField} said=${said} />
    <${Understood} ...${answer} />
    <${Answered} said=${said} ...${answer} />
  `;
}

function useAnswer(said) {
  const [state, setState] = useState({ phase: "idle", films: [], understood: [], dropped: [] });
  const asking = useRef(null);
  const ask = async (body) => {
    asking.current?.abort();
    asking.current = new AbortController();
    const { signal } = asking.current;
    setState((now) => ({ ...now, phase: "loading" }));
    try {
      const { films, understood, dropped } = await api("POST", "v1/ask", { signedIn: true, body: { ...body, limit: FILMS_ASKED_FOR }, signal });
      setState({ phase: "ready", films, understood, dropped });
      say(films.length ? t("found", { n: films.length }) : t("nothing_found"));
    } catch (error) {
      if (!signal.aborted) setState((now) => ({ ...now, phase: "failed", error, onRetry: () => ask(body) }));
    }
  };
  useEffect(() => {
    if (said) ask({ text: said.slice(0, REQUEST_CHARACTERS_MAX) });
    else setState({ phase: "idle", films: [], understood: [], dropped: [] });
    return () => asking.current?.abort();
  }, [said]);
  return { ...state, takeAway: (wish) => ask({ understood: state.understood.filter((one) => one !== wish) }) };
}

/** A press on a wish takes it away; the focus goes on to the films, for the chip that had it is gone. */
function Understood({ phase, understood, dropped, takeAway }) {
  if (!understood.length && !dropped.length) return null;
  const take = (wish) => {
    takeAway(wish);
    document.getElementById("main").focus({ preventScroll: true });
  };
  return html`<div class="understood" aria-busy=${phase === "loading"}>
    ${understood.length > 0 &&
    html`<ul class="chips" aria-label=${t("understood")}>
      ${understood.map((wish) => {
        const text = wishText(wish);
        return html`<li key=${text}><button class="chip" disabled=${phase === "loading"} aria-label=${t("take_away", { wish: text })} onClick=${() => take(wish)}>${text}<span aria-hidden="true">×</span></button></li>`;
      })}
    </ul>`}
    ${dropped.length > 0 && html`<p>${t("let_go", { wishes: dropped.map(wishText).join(", ") })}</p>`}
  </div>`;
}

function wishText({ kind, value }) {
  const named = { genre: genreText, not_genre: genreText, country: countryText }[kind];
  const shown = named ? value.split(",").map((one) => named(one.trim())).join(" / ") : String(value);
  return t(`wish_${kind}`, { value: shown });
}

function Answered({ said, phase, films, error, onRetry }) {
  if (phase === "idle") return html`<p class="found">${t("ask_examples")}</p>`;
  if (phase === "failed") return html`<${Failed} error=${error} onRetry=${onRetry} />`;
  if (phase === "loading") return html`<ul class="grid" aria-busy="true"><${CardSkeletons} count=${12} /></ul>`;
  if (!films.length) {
    return html`<${Empty} title=${t("nothing_found")} text=${t("ask_nothing")}>
      <a class="button" href=${`#/search?${new URLSearchParams({ query: said })}`}>${t("ask_search")}</a>
    <//>`;
  }
  return html`<h2 class="found">${t("found", { n: films.length })}</h2>
    <ul class="grid">${films.map((film) => html`<li key=${film.film_id} class="slot"><${Card} film=${film} /></li>`)}</ul>`;
}

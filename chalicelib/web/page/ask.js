// Films for a request in the viewer's own words. What was understood of it stands there as chips that can be taken away.
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Card } from "./card.js";
import { Icon } from "./icons.js";
import { Moods, wishesIn } from "./moods.js";
import { say } from "./messages.js";
import { CardSkeletons, Empty, Failed } from "./notices.js";
import { go, route } from "./router.js";
import { useStore } from "./state.js";
import { countryText, genreText, t } from "./words.js";

const FILMS_ASKED_FOR = 24;
const REQUEST_CHARACTERS_MAX = 300; // the API takes no more
const BETTER_AFTER_MS = [2000, 2000, 3000, 5000, 8000, 13000]; // a plan takes the model seconds; then it is for the next visit

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
  const answer = useAnswer(said, query.wishes ?? "");
  return html`
    <h1 class="screen-title">${t("ask")}</h1>
    <${AskField} said=${said} />
    ${answer.phase === "idle" && html`<${Moods} />`}
    <${Understood} ...${answer} />
    <${Answered} said=${said} ...${answer} />
  `;
}

const NOTHING_ASKED = { phase: "idle", films: [], understood: [], dropped: [], note: "" };

/** The answer to the request, or to wishes. While a better one is on its way it is looked for some times; it takes the
 * place of the first unless the viewer is among the films by then: it waits for a press. */
function useAnswer(said, wished) {
  const [state, setState] = useState(NOTHING_ASKED);
  const asking = useRef(null);
  const ask = async (body) => {
    asking.current?.abort();
    asking.current = new AbortController();
    const { signal } = asking.current;
    const answer = () => api("POST", "v1/ask", { signedIn: true, body: { ...body, limit: FILMS_ASKED_FOR }, signal });
    setState((now) => ({ ...now, phase: "loading", note: "", better: null }));
    try {
      const first = await answer();
      setState({ ...answered(first), note: first.state === "updating" ? "ask_thinking" : noteOf(first) });
      say(first.films.length ? t("found", { n: first.films.length }) : t("nothing_found"));
      if (first.state === "updating") lookForBetter(answer, signal);
    } catch (error) {
      if (!signal.aborted) setState((now) => ({ ...now, phase: "failed", error, onRetry: () => ask(body) }));
    }
  };
  const lookForBetter = async (answer, signal) => {
    for (const pause of BETTER_AFTER_MS) {
      await new Promise((done) => setTimeout(done, pause));
      if (signal.aborted) return;
      const found = await answer().catch(() => null);
      if (signal.aborted) return;
      if (found?.source === "gigachat") return show(found);
      if (found && found.state !== "updating") break;
    }
    setState((now) => ({ ...now, note: "" }));
  };
  const show = (better) => {
    const isAmongFilms = scrollY > innerHeight / 4 || document.activeElement?.closest(".grid");
    setState((now) => (isAmongFilms ? { ...now, note: "", better } : answered(better)));
    say(t("ask_better"));
  };
  useEffect(() => {
    const understood = wishesIn(wished);
    if (said) ask({ text: said.slice(0, REQUEST_CHARACTERS_MAX) });
    else if (understood.length) ask({ understood });
    else setState(NOTHING_ASKED);
    return () => asking.current?.abort();
  }, [said, wished]);
  const showBetter = () => {
    setState(answered(state.better));
    scrollTo({ top: 0 });
    document.getElementById("main").focus({ preventScroll: true });
  };
  return { ...state, showBetter, takeAway: (wish) => ask({ understood: state.understood.filter((one) => one !== wish) }) };
}

function answered(answer) {
  const { films, understood, dropped } = answer;
  return { phase: "ready", films, understood, dropped, note: noteOf(answer), better: null };
}

const noteOf = ({ source }) => (source === "gigachat" ? "ask_better" : "");

/** A press on a wish takes it away; the focus goes on to the films, for the chip that had it is gone. */
function Understood({ phase, understood, dropped, note, better, showBetter, takeAway }) {
  if (phase === "idle") return null;
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
    <div class=${note === "ask_thinking" ? "ask-note is-busy" : "ask-note"}>
      ${better ? html`<button class="link-button" onClick=${showBetter}>${t("ask_show_better")}</button>` : note && t(note)}
    </div>
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

// An evening for two: a code to share, ten films for both, and one that both say yes to.
import { html, useEffect, useState } from "./vendor/preact.js";
import { isSignedIn } from "./api.js";
import { EveningDeck } from "./evening_deck.js";
import { openEvening, useEvening } from "./evening_state.js";
import { addSheet } from "./fetched.js";
import { Icon } from "./icons.js";
import { say, tell } from "./messages.js";
import { Empty, errorText, Failed } from "./notices.js";
import { Picked, Picker, readEras } from "./picker.js";
import { Poster } from "./poster.js";
import { qrOf } from "./qr.js";
import { go } from "./router.js";
import { session } from "./session.js";
import { useStore } from "./state.js";
import { addWords, language, t } from "./words.js";
import { eveningWordsEn } from "./words_evening_en.js";
import { eveningWordsRu } from "./words_evening_ru.js";

const PICKS_MAX = 5; // the API takes no more of a guest
const QUIET_ZONE = 4; // modules of white around a QR code (ISO/IEC 18004)

addWords({ ru: eveningWordsRu, en: eveningWordsEn });

export const eveningStyle = () => Promise.all([addSheet("assets/first_minute.css"), addSheet("assets/evening.css")]);

export function Evening({ code }) {
  const { state } = useStore(session);
  useStore(language);
  return code ? html`<${Shared} key=${`${code}/${state}`} code=${code} />` : html`<${Entrance} />`;
}

const shownCode = (code) => `${code.slice(0, 5)}-${code.slice(5)}`;
const addressOf = (code) => `${location.origin}${location.pathname}#/evening/${code}`;

function Entrance() {
  const [typed, setTyped] = useState("");
  const [isBusy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    try {
      go(`#/evening/${(await openEvening()).code}`);
    } catch (error) {
      tell(errorText(error), { isError: true });
      setBusy(false);
    }
  };
  const join = (event) => {
    event.preventDefault();
    const code = typed.replace(/[\s-]/g, "").toUpperCase();
    if (code) go(`#/evening/${encodeURIComponent(code)}`);
  };
  return html`<section class="evening-entrance">
    <h1 class="screen-title">${t("evening")}</h1>
    <p class="evening-lead">${t("evening_text")}</p>
    ${isSignedIn() ? html`<button class="button button-main evening-open" disabled=${isBusy} onClick=${open}>${t("evening_open")}</button>` : html`<p><a class="button button-main" href="#/sign-in">${t("evening_sign_in")}</a></p>`}
    <form class="evening-join" onSubmit=${join}>
      <label for="evening-code">${t("evening_have_code")}</label>
      <input id="evening-code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="14" value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      <button class="button" type="submit" disabled=${!typed.trim()}>${t("evening_join")}</button>
    </form>
  </section>`;
}

function Shared({ code }) {
  const { phase, evening, error, isSending, join, answer, end, again } = useEvening(code);
  if (phase === "failed") return html`<h1 class="sr-only">${t("evening")}</h1><${Failed} error=${error} onRetry=${again} />`;
  if (phase === "over") return html`<${Over} />`;
  if (phase === "full") return html`<${Over} reason="evening_full" />`;
  if (phase === "outside") return html`<${Guest} onJoin=${join} />`;
  if (phase !== "in") return html`<h1 class="sr-only">${t("evening")}</h1><div class="starting" aria-busy="true"></div>`;
  if (evening.state === "waiting") return html`<${Invitation} evening=${evening} onEnd=${end} />`;
  if (evening.state === "decided") return html`<${Chosen} evening=${evening} onEnd=${end} />`;
  return html`<${EveningDeck} evening=${evening} isSending=${isSending} onAnswer=${answer} onEnd=${end} />`;
}

function Over({ reason = "evening_over" }) {
  return html`<h1 class="sr-only">${t("evening")}</h1><${Empty} title=${t(reason)} text=${t(`${reason}_text`)}><a class="button" href="#/evening">${t("evening_another")}</a><//>`;
}

function Invitation({ evening, onEnd }) {
  const address = addressOf(evening.code);
  const share = async () => {
    try {
      if (navigator.share) await navigator.share({ title: t("evening"), url: address });
      else await navigator.clipboard.writeText(address).then(() => tell(t("evening_copied")));
    } catch {
      // they thought better of it, or the browser allows neither: the code stands there
    }
  };
  return html`<section class="evening-invitation">
    <h1 class="screen-title">${t("evening")}</h1>
    <div class="evening-ticket">
      <${QrCode} text=${address} />
      <div>
        <p>${t("evening_invite")}</p>
        <p class="evening-code" translate="no">${shownCode(evening.code)}</p>
        <p class="evening-quiet">${t("evening_how")}</p>
        <button class="button" onClick=${share}>${t("evening_share")}</button>
      </div>
    </div>
    <p class="is-busy evening-waits" role="status">${t("evening_waiting")}</p>
    <button class="link-button" onClick=${onEnd}>${t("evening_end")}</button>
  </section>`;
}

function QrCode({ text }) {
  const rows = qrOf(text);
  if (!rows) return null;
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  const side = rows.length + 2 * QUIET_ZONE;
  return html`<svg class="evening-qr" viewBox=${`${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`} role="img" aria-label=${t("evening_qr")} shape-rendering="crispEdges"><rect x=${-QUIET_ZONE} y=${-QUIET_ZONE} width=${side} height=${side} fill="#fff" /><path d=${dark} fill="#000" /></svg>`;
}

/** Somebody without an account, or not signed in: five films say enough. */
function Guest({ onJoin }) {
  const [pool, setPool] = useState(null);
  const [attempt, setAttempt] = useState(0);
  const [picked, setPicked] = useState([]);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    let isOpen = true;
    readEras().then((eras) => isOpen && setPool(eras));
    return () => (isOpen = false);
  }, [attempt]);
  if (pool && !pool.flat().length) return html`<h1 class="sr-only">${t("evening")}</h1><${Failed} error=${{ status: 0 }} onRetry=${() => (setPool(null), setAttempt(attempt + 1))} />`;
  const pick = (film) => {
    if (picked.length < PICKS_MAX && !picked.some((one) => one.film_id === film.film_id)) setPicked([...picked, film]);
  };
  const done = async () => {
    setBusy(true);
    await onJoin(picked.map((film) => film.film_id));
    setBusy(false);
  };
  return html`
    <div class="first-head">
      <div><h1 class="screen-title">${t("evening_pick")}</h1><p>${t("evening_pick_text")}</p></div>
      <a class="button first-skip" href="#/sign-in">${t("sign_in")}</a>
    </div>
    <${Picker} eras=${pool} picked=${picked} onPick=${pick} />
    <${Picked} picked=${picked} enough=${t("evening_enough")} done=${isBusy ? t("loading") : t("evening_begin")} onUnpick=${(film) => setPicked(picked.filter((one) => one !== film))} onDone=${done} />
  `;
}

function Chosen({ evening, onEnd }) {
  const { chosen, how } = evening;
  useEffect(() => {
    say(chosen ? `${t(`evening_${how}`)} ${chosen.title}` : t("evening_none"));
  }, [chosen?.film_id]);
  if (!chosen) return html`<h1 class="sr-only">${t("evening")}</h1><${Empty} title=${t("evening_none")} text=${t("evening_none_text")}><a class="button" href="#/evening">${t("evening_another")}</a><//>`;
  return html`<section class="evening-chosen">
    <p class="hero-over"><${Icon} name=${how === "both" ? "heart" : "star"} /> ${t(`evening_${how}`)}</p>
    <a class="evening-poster" href=${`#/film/${chosen.film_id}`} tabindex="-1" aria-hidden="true"><${Poster} film=${chosen} isEager=${true} /></a>
    <h1 class="screen-title"><a href=${`#/film/${chosen.film_id}`}>${chosen.title}</a></h1>
    <p>${chosen.reason}</p>
    <div class="evening-after"><a class="button button-main" href=${`#/film/${chosen.film_id}`}>${t("evening_to_film")}</a><a class="button" href="#/evening">${t("evening_another")}</a></div>
    <button class="link-button" onClick=${onEnd}>${t("evening_end")}</button>
  </section>`;
}

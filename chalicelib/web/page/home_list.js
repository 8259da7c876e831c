// The viewer's list: read once, then looked after. While something better is on its way it is asked for gently, and
// taken in when nobody is about to press "undo".
import { createStore } from "./state.js";
import { api, filmsApi } from "./api.js";
import { ageLimit } from "./family.js";
import { session } from "./session.js";
import { ratings, onRated } from "./rate.js";
import { openUndos } from "./slot.js";
import { say } from "./messages.js";
import { language, t } from "./words.js";

const LIST_LIMIT = 60;
const TOP_LIMIT = 24;
// A rebuild takes about 2 s, an answer of GigaChat 5 to 30 s: quick looks first, then ever fewer.
const LOOKS_MS = [1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 20_000];
const LAST_LOOK_MS = 30_000;
const LOOKING_MS_MAX = 15 * 60_000;
const LOOKS_AFTER_RATING = 3; // the API may not know yet that a rebuild is on its way

/** `phase`: nothing, loading, ready, failed. `version` grows with each list taken in. `taste`: sentences of the model's. */
const NOTHING = { phase: "nothing", films: [], taste: [], source: null, state: null, generatedAt: null, availableAt: null, error: null, version: 0 };
export const homeList = createStore(NOTHING);
/** { genre, year_from, year_to }: what of the list is looked at, on this visit. */
export const homeFilters = createStore({});
export const becauseTitles = createStore(new Map()); // film_id → title

let isShown = false;
let pending = null;
let topFilms = null; // a promise: read once, for each language
let timer = null;
let looks = 0;
let looksOwed = 0;
let lookingSince = 0;
let listVersion = 0;
let drops = 0; // a list asked for before the last one is of another language or another age

session.watch(() => {
  if (session.get().state !== "out") return;
  homeFilters.set({});
  dropHome();
});
language.watch(() => dropHome());
ageLimit.watch(() => dropHome());
homeFilters.watch(() => dropHome());
openUndos.watch(() => pending && takeIn());
onRated(() => lookAgain());
document.addEventListener("visibilitychange", () => document.hidden || schedule());
addEventListener("online", () => schedule());

function dropHome() {
  drops += 1;
  clearTimeout(timer);
  pending = null;
  topFilms = null;
  homeList.set(NOTHING);
  becauseTitles.set(new Map());
  if (isShown && session.get().state === "in") queueMicrotask(() => loadHome());
}

export function showHome() {
  isShown = true;
  const { phase } = homeList.get();
  if (phase === "nothing" || phase === "failed") loadHome();
  else schedule();
  return () => {
    isShown = false;
    clearTimeout(timer);
  };
}

export async function loadHome() {
  const asked = drops;
  homeList.set((now) => ({ ...now, phase: now.films.length ? "ready" : "loading", error: null }));
  try {
    const found = await readList();
    if (asked !== drops) return;
    pending = found;
    takeIn(true);
    schedule();
  } catch (error) {
    if (asked !== drops) return;
    homeList.set((now) => ({ ...now, phase: now.films.length ? "ready" : "failed", error }));
  }
}

/** Something has been said: a new list is coming even if the API does not say so yet. */
export function lookAgain() {
  looks = 0;
  looksOwed = LOOKS_AFTER_RATING;
  lookingSince = Date.now();
  if (homeList.get().phase === "ready") homeList.set((now) => ({ ...now, state: "updating" }));
  schedule();
}

/** Asks for a new GigaChat list; it comes once the cooldown allows. */
export async function askForNewPicks() {
  const answer = await api("POST", "v1/recommendations/refresh", { signedIn: true });
  homeList.set((now) => ({ ...now, state: answer.state, availableAt: answer.available_at }));
  lookAgain();
  return answer;
}

async function readList() {
  const found = await filmsApi("GET", "v1/recommendations", { query: { ...homeFilters.get(), limit: LIST_LIMIT } });
  const unknown = [...new Set(found.films.flatMap((film) => film.because ?? []))].filter((id) => !titleOf(id));
  if (unknown.length) {
    const { titles } = await filmsApi("POST", "v1/films/titles", { body: { film_ids: unknown.slice(0, 100) } }).catch(() => ({ titles: {} }));
    becauseTitles.set((known) => new Map([...known, ...Object.entries(titles)]));
  }
  const listed = found.films.map((film) => ({ ...film, list_version: found.list_version }));
  return { ...found, films: [...listed, ...(await topBeside(found.films))] };
}

/** The top films that the list lacks: a list that is all the viewer's own still has their row below it. */
async function topBeside(films) {
  if (films.some((film) => film.source === "top")) return [];
  topFilms ??= filmsApi("GET", "v1/films", { query: { ...homeFilters.get(), limit: TOP_LIMIT } }).then((page) => page.films);
  const top = await topFilms.catch(() => (topFilms = null) ?? []);
  const listed = new Set(films.map((film) => film.film_id));
  return top.filter((film) => !listed.has(film.film_id)).map((film) => ({ ...film, source: "top", reason: null, because: [] }));
}

export function titleOf(filmId) {
  return becauseTitles.get().get(filmId) ?? ratings.get().get(filmId)?.title;
}

function takeIn(isFirst = false) {
  if (openUndos.get() > 0 && !isFirst) return; // when they have closed, this is called again
  const { films, taste, source, state, generated_at: generatedAt } = pending;
  pending = null;
  const rated = ratings.get();
  const open = films.filter((film) => !rated.has(film.film_id));
  const now = homeList.get();
  const isNew = now.generatedAt !== generatedAt || now.source !== source || now.phase !== "ready";
  if (isNew) listVersion += 1;
  homeList.set({ ...now, phase: "ready", error: null, films: isNew ? open : now.films, taste, source, state, generatedAt, version: listVersion });
  if (isNew && !isFirst) say(t("state_taken"));
}

function schedule() {
  clearTimeout(timer);
  const { state, phase } = homeList.get();
  const isWorthIt = state === "updating" || state === "waiting" || looksOwed > 0;
  if (!isShown || phase !== "ready" || !isWorthIt || document.hidden || !navigator.onLine) return;
  lookingSince ||= Date.now();
  if (Date.now() - lookingSince > LOOKING_MS_MAX) return;
  const pause = state === "waiting" && looksOwed === 0 ? LAST_LOOK_MS : (LOOKS_MS[looks] ?? LAST_LOOK_MS);
  timer = setTimeout(look, pause);
}

async function look() {
  const asked = drops;
  looks += 1;
  looksOwed = Math.max(0, looksOwed - 1);
  try {
    const found = await readList();
    if (asked !== drops) return;
    pending = found;
    takeIn();
    if (homeList.get().state === "fresh") lookingSince = 0;
  } catch {
    // A list that can't be read now is tried at the next look; what is on the screen stays.
  }
  schedule();
}

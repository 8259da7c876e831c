// What the viewer says about films: shown at once, sent in the order it was said, taken back when the API refuses. What
// a stranger says is kept in this browser and sent when they have signed in.
import { createStore } from "./state.js";
import { api, isSignedIn } from "./api.js";
import { session } from "./session.js";
import { say, tell } from "./messages.js";
import { t } from "./words.js";
import { go } from "./router.js";
import { readStored, writeStored } from "./storage.js";

const PAGE = 100;
const PAGES_MAX = 20; // beyond 2,000 rated films a card may show no mark until the film is opened

const KEPT_STORED = "said-before-sign-in";
const KEPT_MAX = 200; // films: more than a stranger says in an evening

/** film_id → { film_id, title, year, rating, steer, saved, updated_at } */
export const ratings = createStore(new Map());
const lines = new Map(); // film_id → the last request on its way
const loads = new Set(); // of each reading of all ratings: the films that were spoken of meanwhile
const listeners = new Set(); // told after the API has taken a change

export function onRated(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

session.watch(() => {
  if (session.get().state === "out") ratings.set(keptSayings());
});

function keptSayings() {
  try {
    return new Map(JSON.parse(readStored(KEPT_STORED) ?? "[]").map((item) => [item.film_id, item]));
  } catch {
    return new Map(); // of another version: nobody's
  }
}

function keepSayings(kept) {
  writeStored(KEPT_STORED, kept.size ? JSON.stringify([...kept.values()].slice(-KEPT_MAX)) : null);
}

/** Sends what was said before signing in. What the API takes or refuses for good is kept no longer. */
export async function sendKept() {
  for (const item of keptSayings().values()) {
    try {
      await sendRating(item.film_id, item);
    } catch (error) {
      if (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500) return;
    }
    const left = keptSayings();
    left.delete(item.film_id);
    keepSayings(left);
    listeners.forEach((listener) => listener(item.film_id));
  }
}

export async function loadRatings() {
  const found = new Map();
  const spokenOf = new Set(lines.keys());
  loads.add(spokenOf);
  try {
    await readRatings(found);
  } finally {
    loads.delete(spokenOf);
  }
  // What was said while this was being read is newer than what was read.
  ratings.set((known) => {
    for (const id of spokenOf) {
      if (known.has(id)) found.set(id, known.get(id));
      else found.delete(id);
    }
    return found;
  });
}

async function readRatings(found) {
  let cursor;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await api("GET", "v1/feedback", { signedIn: true, query: { limit: PAGE, cursor } });
    for (const item of answer.feedback) found.set(item.film_id, item);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
}

/** What pressing a button leads to; pressing a pressed one takes it back. Likes and refusals exclude each other, and a
 * film that was watched or is not wanted is for later no longer. */
export function changed(item, action) {
  const { rating = null, steer = null, saved = false } = item ?? {};
  if (action === "saved") return { rating, steer, saved: !saved };
  if (rating === action) return { rating: null, steer, saved };
  if (steer === action) return { rating, steer: null, saved };
  if (action === "more_like_this") return { rating: rating === "dislike" ? null : rating, steer: action, saved };
  if (action === "exclude") return { rating: rating === "like" ? null : rating, steer: action, saved: false };
  const contrary = { like: "exclude", dislike: "more_like_this" }[action];
  return { rating: action, steer: steer === contrary ? null : steer, saved: false };
}

export const isOn = (item, action) => item?.rating === action || item?.steer === action || (action === "saved" && Boolean(item?.saved));

export function rate(film, action) {
  const before = ratings.get().get(film.film_id);
  const after = changed(before, action);
  say(isOn(after, action) ? `${t(`done_${action}`)}: ${film.title}` : t("undone", { title: film.title }));
  store(film, before, after);
}

/** Back to what was said before, or to nothing. */
export function restore(film, earlier) {
  say(t("undone", { title: film.title }));
  const { rating = null, steer = null, saved = false } = earlier ?? {};
  store(film, ratings.get().get(film.film_id), { rating, steer, saved });
}

function store(film, before, after) {
  put(film, after);
  if (!isSignedIn()) return keepSaid(film);
  const own = ratings.get().get(film.film_id);
  const sent = (lines.get(film.film_id) ?? Promise.resolve()).then(() => sendRating(film.film_id, after));
  const settled = sent.then(
    () => listeners.forEach((listener) => listener(film.film_id)),
    (error) => {
      if (ratings.get().get(film.film_id) !== own) return; // said something else since
      put(film, before ?? {});
      if (error.status !== 401) tell(t("not_saved", { title: film.title }), { isError: true, action: { label: t("try_again"), run: () => store(film, before, after) } });
    },
  );
  const line = settled.finally(() => lines.get(film.film_id) === line && lines.delete(film.film_id));
  lines.set(film.film_id, line);
}

let isTold = false; // once a visit: that it counts from the sign-in on

function keepSaid(film) {
  const kept = keptSayings();
  kept.delete(film.film_id);
  const own = ratings.get().get(film.film_id);
  if (own) kept.set(film.film_id, own);
  keepSayings(kept);
  if (own && !isTold && location.hash !== "#/start") tell(t("kept_until_sign_in"), { action: { label: t("sign_in"), run: () => go("#/sign-in") } });
  isTold ||= Boolean(own);
}

function sendRating(filmId, { rating, steer, saved }) {
  if (!rating && !steer && !saved) return api("DELETE", `v1/feedback/${filmId}`, { signedIn: true });
  return api("PUT", `v1/feedback/${filmId}`, { signedIn: true, body: { rating, steer, saved } });
}

function put(film, { rating = null, steer = null, saved = false }) {
  for (const spokenOf of loads) spokenOf.add(film.film_id);
  ratings.set((known) => {
    const next = new Map(known);
    if (rating || steer || saved) next.set(film.film_id, { film_id: film.film_id, title: film.title, year: film.year, rating, steer, saved, updated_at: new Date().toISOString() });
    else next.delete(film.film_id);
    return next;
  });
}

/** The films that nothing has been said about: those rated on another screen are not for the home page any more. */
export function unrated(films) {
  const all = ratings.get();
  return films.filter((film) => !all.has(film.film_id));
}

/** The strongest thing said: what a card tells when its film leaves the row. */
export function strongestOf({ rating, steer, saved }) {
  return steer ?? rating ?? (saved ? "saved" : null);
}

/** How many films say something of the taste. */
export const judgedCount = (all) => [...all.values()].filter(({ rating, steer }) => rating || steer).length;

// What the viewer says about films: shown at once, sent in the order it was said, taken back when the API refuses.
import { createStore } from "./state.js";
import { api, isSignedIn } from "./api.js";
import { session } from "./session.js";
import { say, tell } from "./messages.js";
import { t } from "./words.js";
import { go } from "./router.js";

const PAGE = 100;
const PAGES_MAX = 20; // beyond 2,000 rated films a card may show no mark until the film is opened

/** film_id → { film_id, title, year, rating, steer, updated_at } */
export const ratings = createStore(new Map());
const lines = new Map(); // film_id → the last request on its way
const loads = new Set(); // of each reading of all ratings: the films that were spoken of meanwhile
const listeners = new Set(); // told after the API has taken a change

export function onRated(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

session.watch(() => {
  if (session.get().state === "out") ratings.set(new Map());
});

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

/** What pressing a button leads to; pressing a pressed one takes it back. Likes and refusals exclude each other. */
export function changed(item, action) {
  const { rating = null, steer = null } = item ?? {};
  if (action === "like") return rating === "like" ? { rating: null, steer } : { rating: "like", steer: steer === "exclude" ? null : steer };
  if (action === "dislike") return rating === "dislike" ? { rating: null, steer } : { rating: "dislike", steer: steer === "more_like_this" ? null : steer };
  if (action === "seen") return { rating: rating === "seen" ? null : "seen", steer };
  if (action === "more_like_this") return steer === action ? { rating, steer: null } : { rating: rating === "dislike" ? null : rating, steer: action };
  return steer === action ? { rating, steer: null } : { rating, steer: action };
}

export function rate(film, action) {
  if (!isSignedIn()) {
    tell(t("sign_in_first"));
    go("#/sign-in");
    return;
  }
  const before = ratings.get().get(film.film_id);
  const after = changed(before, action);
  const isOn = after.rating === action || after.steer === action;
  say(isOn ? `${t(`done_${action}`)}: ${film.title}` : t("undone", { title: film.title }));
  store(film, before, after);
}

/** Back to what was said before, or to nothing. */
export function restore(film, earlier) {
  say(t("undone", { title: film.title }));
  store(film, ratings.get().get(film.film_id), { rating: earlier?.rating ?? null, steer: earlier?.steer ?? null });
}

function store(film, before, after) {
  put(film, after);
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

function sendRating(filmId, { rating, steer }) {
  if (!rating && !steer) return api("DELETE", `v1/feedback/${filmId}`, { signedIn: true });
  return api("PUT", `v1/feedback/${filmId}`, { signedIn: true, body: { rating, steer } });
}

function put(film, { rating = null, steer = null }) {
  for (const spokenOf of loads) spokenOf.add(film.film_id);
  ratings.set((known) => {
    const next = new Map(known);
    if (rating || steer) next.set(film.film_id, { film_id: film.film_id, title: film.title, year: film.year, rating, steer, updated_at: new Date().toISOString() });
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
export function strongestOf({ rating, steer }) {
  return steer ?? rating;
}

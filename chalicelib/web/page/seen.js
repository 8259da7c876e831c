// What the viewer was shown and opened is told to the API, in batches. It disturbs nobody: what cannot be told is dropped.
import { api, isSignedIn } from "./api.js";
import { serverNow } from "./request.js";
import { route } from "./router.js";
import { session } from "./session.js";

const LOOKED_AT_MS = 1_000; // in sight for so long is shown
const SHARE_IN_SIGHT = 0.5;
const TOLD_EVERY_MS = 8_000;
const TOLD_AT_ONCE = 100; // the API takes no more
const WAITING_MAX = 300;
const OWN_LISTS = ["later", "start"]; // what viewers chose for themselves is no advice
const SURFACES = ["home", "search", "film", "ask"];

const looking = new Map(); // element → { film, timer }
const saidOf = new Set(); // once a list: more is not counted
const waiting = [];
let telling = null;
const eye = "IntersectionObserver" in globalThis ? new IntersectionObserver(looked, { threshold: SHARE_IN_SIGHT }) : null;

addEventListener("pagehide", () => tellSeen());
document.addEventListener("visibilitychange", () => document.hidden && tellSeen());
session.watch(() => {
  if (session.get().state === "in") return;
  waiting.length = 0; // whoever comes next has not seen these
  saidOf.clear();
});

/** Notes that the film was shown once its element has been in sight for a second. Returns what ends the watching. */
export function watchFilm(element, film) {
  if (!eye || !element) return undefined;
  looking.set(element, { film, timer: null });
  eye.observe(element);
  return () => {
    clearTimeout(looking.get(element)?.timer);
    looking.delete(element);
    eye.unobserve(element);
  };
}

/** Whoever opens a film has seen it, however quick they were. */
export function noteOpened(film) {
  noteFilm("shown", film);
  noteFilm("opened", film);
}

function looked(entries) {
  for (const { target, isIntersecting } of entries) {
    const seen = looking.get(target);
    if (!seen) continue;
    clearTimeout(seen.timer);
    seen.timer = isIntersecting ? setTimeout(() => document.hidden || noteFilm("shown", seen.film), LOOKED_AT_MS) : null;
  }
}

function noteFilm(type, { film_id: filmId, place, list_version: listVersion }) {
  const key = `${type} ${filmId} ${listVersion ?? ""}`;
  const { name } = route.get();
  if (!isSignedIn() || saidOf.has(key) || OWN_LISTS.includes(name)) return;
  saidOf.add(key);
  const stood = listVersion ? { list_version: listVersion, place } : {};
  const surface = !listVersion && SURFACES.includes(name) ? name : "home";
  waiting.push({ type, film_id: filmId, at: serverNow().toISOString(), surface, ...stood });
  if (waiting.length >= TOLD_AT_ONCE) tellSeen();
  else telling ??= setTimeout(tellSeen, TOLD_EVERY_MS);
}

/** `keepalive`: it is sent to its end when the page goes. */
async function tellSeen() {
  clearTimeout(telling);
  telling = null;
  const events = waiting.splice(0, TOLD_AT_ONCE);
  if (!events.length) return;
  try {
    await api("POST", "v1/events", { signedIn: true, keepalive: true, body: { events } });
  } catch (error) {
    const isLater = error.status === 0 || error.status >= 500;
    if (isLater && isSignedIn()) waiting.unshift(...events.slice(0, WAITING_MAX - waiting.length)); // with those that come next
  }
}

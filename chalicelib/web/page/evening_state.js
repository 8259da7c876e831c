// How an evening stands: read again and again, less often the less happens; answers are kept until they have arrived.
import { useEffect, useRef, useState } from "./vendor/preact.js";
import { api, isSignedIn } from "./api.js";
import { ageLimit } from "./family.js";
import { sessionKnown } from "./session.js";
import { readStored, writeStored } from "./storage.js";

const POLL_FIRST_MS = 2_000;
const POLL_LAST_MS = 15_000;
const POLL_GROWTH = 1.3; // a quarter of a minute after some forty seconds in which nothing has changed
const TOKEN_BYTES = 32;

export const openEvening = () => api("POST", "v1/evenings", { signedIn: true });

/** The guest's own token of an evening: drawn here, and good for nothing else. */
function guestToken(code, isNew) {
  const held = readStored(`guest-${code}`);
  if (held || !isNew) return held;
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const token = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  writeStored(`guest-${code}`, token);
  return token;
}

const pendingOf = (code) => JSON.parse(readStored(`evening-${code}`) ?? "{}");
const keepPending = (code, said) => writeStored(`evening-${code}`, Object.keys(said).length ? JSON.stringify(said) : null);

/** `phase`: loading, in, outside (not joined yet), full, over, failed. */
export function useEvening(code) {
  const [state, setState] = useState({ phase: "loading" });
  const held = useRef({ isOpen: true, timer: 0, pause: POLL_FIRST_MS, seen: "", arrived: 0 }).current;
  const path = `v1/evenings/${encodeURIComponent(code)}`;
  const ask = (method, more = "", options = {}) => {
    const guest = guestToken(code, more === "/join");
    return api(method, path + more, { ...options, ...(isSignedIn() && !guest ? { signedIn: true } : { guest }) });
  };

  const show = (evening) => {
    if (!held.isOpen) return;
    if (evening.answers.length < held.arrived) return; // answers only grow: what knows fewer was overtaken on its way
    held.arrived = evening.answers.length;
    const seen = JSON.stringify(evening);
    held.pause = seen === held.seen ? Math.min(POLL_LAST_MS, held.pause * POLL_GROWTH) : POLL_FIRST_MS;
    held.seen = seen;
    const left = evening.state === "decided" ? {} : pendingOf(code);
    for (const { film_id: filmId } of evening.answers) delete left[filmId];
    keepPending(code, left);
    const answers = [...evening.answers, ...Object.entries(left).map(([film_id, said]) => ({ film_id, said }))];
    setState({ phase: "in", evening: { ...evening, answers }, isSending: Object.keys(left).length > 0 });
    clearTimeout(held.timer);
    if (evening.state !== "decided") held.timer = setTimeout(look, held.pause);
  };
  const fail = (error) => {
    if (!held.isOpen) return;
    clearTimeout(held.timer);
    if (error.status === 404 || error.status === 400) {
      writeStored(`guest-${code}`, null);
      keepPending(code, {});
      return setState({ phase: "over" });
    }
    if (error.status === 409) return setState({ phase: "full" });
    held.pause = Math.min(POLL_LAST_MS, held.pause * POLL_GROWTH);
    held.timer = setTimeout(look, held.pause);
    setState((now) => (now.phase === "in" ? now : { phase: "failed", error }));
  };
  /** Sends what has not arrived, or only looks. */
  const look = async () => {
    const left = Object.entries(pendingOf(code)).map(([film_id, said]) => ({ film_id, said }));
    try {
      show(await (left.length ? ask("POST", "/answers", { body: { answers: left } }) : ask("GET")));
    } catch (error) {
      if (left.length && error.status === 409) error.status = 503; // the other one was quicker: once more
      fail(error);
    }
  };
  const join = async (picks = []) => {
    try {
      show(await ask("POST", "/join", { body: { picks, ...(ageLimit.get() === null ? {} : { age_limit: ageLimit.get() }) } }));
    } catch (error) {
      if (error.status !== 0 && error.status < 500) writeStored(`guest-${code}`, null);
      fail(error);
    }
  };
  const begin = async () => {
    setState({ phase: "loading" });
    await sessionKnown();
    if (!held.isOpen) return;
    if (!isSignedIn() && !guestToken(code)) return setState({ phase: "outside" });
    try {
      show(await ask("GET"));
    } catch (error) {
      if (error.status === 404 && isSignedIn() && !guestToken(code)) await join();
      else fail(error);
    }
  };
  useEffect(() => {
    held.isOpen = true;
    begin();
    const atOnce = () => {
      if (document.hidden || !held.seen) return;
      held.pause = POLL_FIRST_MS;
      look();
    };
    addEventListener("online", atOnce);
    document.addEventListener("visibilitychange", atOnce);
    return () => {
      held.isOpen = false;
      clearTimeout(held.timer);
      removeEventListener("online", atOnce);
      document.removeEventListener("visibilitychange", atOnce);
    };
  }, []);
  const answer = (filmId, said) => {
    keepPending(code, { ...pendingOf(code), [filmId]: said });
    setState((now) => ({ ...now, evening: { ...now.evening, answers: [...now.evening.answers, { film_id: filmId, said }] }, isSending: true }));
    clearTimeout(held.timer);
    look();
  };
  const end = async () => {
    try {
      await ask("DELETE");
      fail({ status: 404 });
    } catch (error) {
      fail(error);
    }
  };
  return { ...state, join, answer, end, again: begin };
}

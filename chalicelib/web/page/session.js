// Who is signed in. The access token lives in this tab's memory only; the refresh token in a cookie that no script can
// read, this one included. Refresh tokens are single-use: a lock lets one tab at a time use it, and the others are told
// the access token it got. Where viewers sign in elsewhere (elsewhere.js) all tokens are in the tabs' memory, and what
// renews them is the issuer: by a refresh token if it gives one, else by a silent visit there.
import { comeBack, elsewhere, leaveForIssuer, notSignedIn, renewedThere, signOutThere } from "./elsewhere.js";
import { ageLimit, setAgeLimit } from "./family.js";
import { createStore } from "./state.js";
import { readStored, writeStored } from "./storage.js";
import { ApiError, send } from "./request.js";
import { language, setLanguage } from "./words.js";
import { paidFor } from "./work.js";

const EARLY_MS = 30_000; // renew before the token ends, not after a refused request
const LOST_ANSWER_PAUSE_MS = 400; // a refresh may be repeated within 10 s of its first use (api.md)
const YOUNG_MS = 60_000; // an issuer's token that is refused so early would be refused again
const TABS = `kinosovet:${location.pathname}`;

/** `state`: starting, in, out, unreachable (a session is kept, but the API can't be asked). */
export const session = createStore({ state: "starting", user: null });
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(TABS) : null;
let access = null; // { token, until }; of an issuer { since, refresh, id } too

tabs?.addEventListener("message", ({ data }) => {
  if (data.kind === "access") access = data.access;
  if (data.kind === "out") forget();
  if (data.kind === "in" && session.get().state !== "in") startSession();
});

export async function startSession() {
  const pair = elsewhere ? await comeBack() : undefined;
  if (pair) keep(pair);
  if (pair === null || !readStored("signed-in")) return forget();
  try {
    await accessToken();
    await readProfile();
    if (pair) tabs?.postMessage({ kind: "in" });
  } catch (error) {
    if (elsewhere && error.status === 401) {
      notSignedIn.set("sign_in_refused");
      forget();
    }
    if (session.get().state !== "out") session.set({ state: error.status === 401 ? "out" : "unreachable", user: null });
  }
}

/** Settles once it is known whether somebody is signed in. */
export function sessionKnown() {
  return new Promise((resolve) => {
    const look = () => session.get().state !== "starting" && (stop(), resolve());
    const stop = session.watch(look);
    look();
  });
}

export async function signIn(email, password, changes = null) {
  keep(await paidFor((paid) => send("POST", "v1/auth/session/login", { body: { email, password, ...paid } })));
  if (changes) await send("PATCH", "v1/me", { body: changes, token: access.token });
  await readProfile();
  tabs?.postMessage({ kind: "in" });
}

export async function register(email, password, name) {
  const given = name ? { name } : {};
  await send("POST", "v1/auth/register", { body: { email, password, language: language.get(), ...given } });
  const limit = ageLimit.get(); // what a stranger chose goes with them
  await signIn(email, password, limit === null ? null : { age_limit: limit });
}

export async function signOut() {
  const idToken = access?.id;
  endSession();
  if (elsewhere) return signOutThere(idToken).catch(() => {}); // an issuer that is away ends its session in time
  await send("POST", "v1/auth/session/logout").catch(() => {}); // the token ends by itself in time
}

/** Signed out here and in the other tabs. */
export function endSession() {
  forget();
  tabs?.postMessage({ kind: "out" });
}

/** A live access token; `refused` is one that the API has just turned down. */
export async function accessToken(refused = null) {
  if (isLive(refused)) return access.token;
  await alone(async () => {
    if (!isLive(refused)) await renew(); // else another tab was quicker
  });
  return access.token;
}

function isLive(refused) {
  return access !== null && access.token !== refused && access.until > Date.now();
}

async function renew() {
  if (elsewhere) return renewElsewhere();
  const ask = () => send("POST", "v1/auth/session/refresh");
  try {
    keep(await ask().catch((error) => (error.status === 401 ? Promise.reject(error) : later(ask))));
  } catch (error) {
    if (error.status === 401) endSession();
    throw error;
  }
}

async function renewElsewhere() {
  const { refresh, since } = access ?? {};
  if (refresh) {
    const pair = await renewedThere(refresh).catch((error) => (error.status === 401 ? null : Promise.reject(error)));
    if (pair) return keep(pair);
  }
  if (since && Date.now() - since < YOUNG_MS) {
    notSignedIn.set("sign_in_refused");
    endSession();
    throw new ApiError(401);
  }
  return leaveForIssuer({ prompt: "none" });
}

function later(ask) {
  return new Promise((resolve) => setTimeout(resolve, LOST_ANSWER_PAUSE_MS)).then(ask);
}

function alone(work) {
  return navigator.locks ? navigator.locks.request(`${TABS}:refresh`, work) : work();
}

function keep({ access_token: token, expires_in: seconds, refresh_token: refresh, id_token: id }) {
  const since = Date.now();
  access = { token, since, refresh, id, until: since + Math.max(seconds * 1000 - EARLY_MS, seconds * 500) };
  writeStored("signed-in", "yes"); // no secret: it only saves strangers a request
  tabs?.postMessage({ kind: "access", access });
}

function forget() {
  access = null;
  writeStored("signed-in", null);
  session.set({ state: "out", user: null });
}

async function readProfile() {
  const user = await send("GET", "v1/me", { token: await accessToken() });
  setLanguage(user.language);
  setAgeLimit(user.age_limit ?? null);
  session.set({ state: "in", user });
}

/** Changes the profile. The gateway keeps what it knows of a token for a while, so what every answer depends on asks for
 * a new one. */
export async function changeProfile(changes) {
  const user = await send("PATCH", "v1/me", { body: changes, token: await accessToken() });
  await accessToken(access?.token);
  if (changes.language) setLanguage(changes.language);
  if ("age_limit" in changes) setAgeLimit(changes.age_limit);
  session.set({ state: "in", user: { ...session.get().user, ...user } });
}

/** The address is the viewer's own, as a letter has shown. */
export function confirmed() {
  session.set({ state: "in", user: { ...session.get().user, confirmed: true } });
}

/** A new password ends every session, so this tab signs in anew with it. */
export async function changePassword(currentPassword, newPassword) {
  const body = { current_password: currentPassword, new_password: newPassword };
  await send("PUT", "v1/me/password", { body, token: await accessToken() });
  await signIn(session.get().user.email, newPassword);
}

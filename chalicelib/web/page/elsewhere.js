// Signing in where viewers have no accounts here: at the site's own issuer, by authorization code and PKCE (RFC 7636,
// RFC 9700, OpenID Connect Core 1.0). The tokens are in this tab's memory only, as our own are; what waits for the way
// back is in the tab's session storage: no token, and good for one return.
import { ApiError } from "./request.js";
import { replaceAddress } from "./router.js";
import { createStore } from "./state.js";
import { language } from "./words.js";

const ISSUER_LIMIT_MS = 15_000;
const LIFETIME_SECONDS = 300; // of a token that does not say its own
const SILENTLY = ["login_required", "interaction_required", "consent_required", "account_selection_required"];
const WAITING = `kinosovet:${location.pathname}:sign-in`;
const told = document.querySelector('meta[name="sign-in"]')?.content;

/** null where viewers have accounts here; else { issuer, audience, client_id, scope }, or {} while nobody is trusted. */
export const elsewhere = told === undefined ? null : JSON.parse(told);
/** The key of the text that says why the last sign-in came to nothing. */
export const notSignedIn = createStore("");
export const issuerHost = () => (elsewhere?.issuer ? new URL(elsewhere.issuer).host : "");

const ownAddress = () => location.origin + location.pathname;
let found = null; // the issuer's discovery document, once it is known

/** Leaves for the issuer; never settles but by an error. `prompt`: "none" comes back at once, signed in there or not;
 * "login" has the viewer show again who they are. */
export async function leaveForIssuer({ prompt = "", back = location.hash } = {}) {
  const { authorization_endpoint: endpoint } = await discovered();
  const [state, nonce, verifier] = [atRandom(), atRandom(), atRandom()];
  const challenge = inWords(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
  sessionStorage.setItem(WAITING, JSON.stringify({ state, nonce, verifier, back }));
  const { client_id, scope } = elsewhere;
  const asked = { response_type: "code", client_id, redirect_uri: ownAddress(), scope, state, nonce, code_challenge: challenge, code_challenge_method: "S256", ui_locales: language.get() };
  return gone(endpoint, prompt ? { ...asked, prompt } : asked, prompt === "none");
}

/** The tokens of a viewer who comes back from the issuer; null when they come without, undefined when nobody comes, or
 * somebody whom this tab has not sent: a link that a stranger has made brings nobody in, and nobody out. */
export async function comeBack() {
  const query = new URLSearchParams(location.search);
  const waiting = taken();
  if (!query.has("state")) return undefined;
  history.replaceState(null, "", location.pathname); // the code is for nobody's history
  if (!waiting) return notSignedIn.set("sign_in_undone");
  replaceAddress(waiting.back);
  try {
    if (waiting.state !== query.get("state") || (query.get("iss") ?? elsewhere.issuer) !== elsewhere.issuer) throw new ApiError(401);
    if (SILENTLY.includes(query.get("error"))) return null;
    if (query.has("error")) throw new ApiError(401);
    return await traded({ grant_type: "authorization_code", code: query.get("code"), redirect_uri: ownAddress(), code_verifier: waiting.verifier }, waiting.nonce);
  } catch (error) {
    notSignedIn.set(error.status === 401 ? "sign_in_undone" : "issuer_away");
    return null;
  }
}

/** New tokens for a refresh token. 401 where the issuer takes it no longer. */
export const renewedThere = (refreshToken) => traded({ grant_type: "refresh_token", refresh_token: refreshToken });

/** Signed out at the issuer too, where it can be told: or the next viewer of a shared computer would be this one. */
export async function signOutThere(idToken) {
  const { end_session_endpoint: endpoint } = await discovered();
  if (!endpoint) return undefined;
  const asked = { client_id: elsewhere.client_id, post_logout_redirect_uri: ownAddress(), ...(idToken && { id_token_hint: idToken }) };
  return gone(endpoint, asked);
}

async function traded(form, nonce = null) {
  const { token_endpoint: endpoint } = await discovered();
  const body = new URLSearchParams({ ...form, client_id: elsewhere.client_id });
  const got = await askIssuer(endpoint, { method: "POST", body });
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = got;
  const identity = idToken ? claimsOf(idToken) : null;
  if (nonce && identity && (identity.nonce !== nonce || identity.iss !== elsewhere.issuer)) throw new ApiError(401);
  // The API believes what is meant for it: the access token, or where that is for nobody in particular the identity token.
  const token = [accessToken, idToken].find((one) => one && [claimsOf(one).aud].flat().includes(elsewhere.audience));
  if (!token) throw new ApiError(401);
  const { exp, iat } = claimsOf(token);
  const seconds = (token === accessToken && got.expires_in) || exp - iat || LIFETIME_SECONDS;
  return { access_token: token, expires_in: Number(seconds), refresh_token: refreshToken ?? form.refresh_token, id_token: idToken };
}

async function discovered() {
  found ??= await askIssuer(`${elsewhere.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (found.issuer !== elsewhere.issuer) throw new ApiError(502); // somebody else's document
  return found;
}

async function askIssuer(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { ...options, credentials: "omit", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(ISSUER_LIMIT_MS) });
    if (answer.ok) return await answer.json();
  } catch {
    throw new ApiError(0);
  }
  throw new ApiError(answer.status >= 500 || !options.body ? 502 : 401);
}

function gone(endpoint, asked, isSilent = false) {
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  if (!/^https?:$/.test(address.protocol)) throw new ApiError(502);
  if (isSilent) location.replace(address); // the way back in the history leads past it
  else location.assign(address);
  return new Promise(() => {});
}

function taken() {
  try {
    const text = sessionStorage.getItem(WAITING);
    sessionStorage.removeItem(WAITING);
    return JSON.parse(text);
  } catch {
    return null; // storage may be switched off: nobody can be waited for
  }
}

function claimsOf(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {}; // an access token is the issuer's own affair
  }
}

const atRandom = () => inWords(crypto.getRandomValues(new Uint8Array(32)));
const inWords = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// One request to the API: JSON both ways, a time limit, and every failure as one kind of error.
import { language } from "./words.js";

const REQUEST_LIMIT_MS = 20_000; // the gateway gives up at 29 s; a viewer does so long before

let aheadMs = 0;

/** This moment by the API's clock, as its last answer had it: a device's own may be wrong by hours. */
export const serverNow = () => new Date(Date.now() + aheadMs);

/** `status` is 0 when no answer came (offline, time-out). `fields` maps a field to what is wrong with it. */
export class ApiError extends Error {
  constructor(status, problem = {}, retryAfterSeconds = null) {
    super(problem.detail ?? `status ${status}`);
    this.status = status;
    this.fields = Object.fromEntries((problem.errors ?? []).map((one) => [one.field, one.message]));
    this.retryAfterSeconds = retryAfterSeconds;
    this.work = problem.proof_of_work; // what a refused sign-in takes instead of a wait
    this.isSignInOld = problem.error === "insufficient_user_authentication"; // RFC 9470
  }
}

export async function send(method, path, { body, query, token, guest, signal, keepalive = false } = {}) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const address = given.length ? `${path}?${new URLSearchParams(given)}` : path;
  const headers = { Accept: "application/json", "Accept-Language": language.get() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (guest) headers["X-Guest"] = guest;
  if (token) headers.Authorization = `Bearer ${token}`;
  const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
  let answer;
  let text;
  try {
    answer = await fetch(address, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      cache: "no-store",
      keepalive,
    });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0);
  }
  aheadMs = (Date.parse(answer.headers.get("Date")) || Date.now()) - Date.now();
  const content = parsed(text);
  if (!answer.ok) throw new ApiError(answer.status, content ?? {}, Number(answer.headers.get("Retry-After")) || null);
  return content;
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a gateway's own page: the status says enough
  }
}

/** What to tell the viewer. */
export function errorKey(error) {
  if (error.status === 0) return "error_offline";
  if (error.status === 429) return "error_too_many";
  if (error.status >= 502 && error.status <= 504) return "error_unavailable";
  return "error_other";
}

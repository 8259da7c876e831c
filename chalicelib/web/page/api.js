// The API for screens: the token is added and renewed unseen, and a reading request is tried twice.
import { ageLimit } from "./family.js";
import { accessToken, session, sessionKnown } from "./session.js";
import { send } from "./request.js";

const SECOND_TRY_PAUSE_MS = 500;

/** `signedIn` requests carry the access token; one refused with 401 is repeated once with a new token. */
export async function api(method, path, { signedIn = false, ...options } = {}) {
  const once = async () => {
    if (!signedIn) return send(method, path, options);
    const token = await accessToken();
    try {
      return await send(method, path, { ...options, token });
    } catch (error) {
      if (error.status !== 401) throw error;
      return send(method, path, { ...options, token: await accessToken(token) });
    }
  };
  try {
    return await once();
  } catch (error) {
    const isWorthIt = method === "GET" && (error.status === 0 || error.status >= 500) && navigator.onLine;
    if (!isWorthIt || options.signal?.aborted) throw error;
    await new Promise((resolve) => setTimeout(resolve, SECOND_TRY_PAUSE_MS));
    return once();
  }
}

/** A request for films, as this viewer may see them: a token that is known says who asks, and the limit is named too, for
 * of a stranger the API knows nothing else. */
export async function filmsApi(method, path, { query, ...options } = {}) {
  await sessionKnown();
  const ask = () => api(method, path, { ...options, signedIn: isSignedIn(), query: { ...query, age_limit: ageLimit.get() } });
  const wasSignedIn = isSignedIn();
  return ask().catch((error) => {
    if (error.status !== 401 || !wasSignedIn || isSignedIn()) throw error;
    return ask(); // the session has ended: films can be looked at without one
  });
}

export const isSignedIn = () => session.get().state === "in";

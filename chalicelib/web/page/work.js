// Work instead of a wait: a refused sign-in may ask for a number whose hash begins with so many zero bits.
const AT_ONCE = 500; // digests are asked for in crowds: one by one, most of the time is spent waiting for each
const TRIES = 3; // somebody else may fail meanwhile, and the work gets harder

/** What `ask` answers. It gets what to send along: nothing at first, then the proof of the work it was refused for. */
export async function paidFor(ask) {
  let paid = {};
  for (let left = TRIES; ; left--) {
    try {
      return await ask(paid);
    } catch (error) {
      if (!error.work || !left || !globalThis.crypto?.subtle) throw error;
      paid = { proof: await done(error.work) };
    }
  }
}

async function done({ challenge, bits }) {
  const text = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const tried = Array.from({ length: AT_ONCE }, (_, index) => crypto.subtle.digest("SHA-256", text.encode(`${challenge}:${first + index}`)));
    const found = (await Promise.all(tried)).findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return { challenge, solution: `${first + found}` };
  }
}

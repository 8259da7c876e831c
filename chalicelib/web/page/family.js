// Family mode: only films that children may see. A viewer's limit is kept in the profile and mirrored here, a stranger's
// is kept in this browser alone. Every request for films names it (api.js).
import { createStore } from "./state.js";
import { onStored, readStored, writeStored } from "./storage.js";

export const FAMILY_AGE = 12;
const LIMIT_STORED = "age-limit";

/** The age limit that holds on the page (0, 6, 12, 16 or 18), or null. */
export const ageLimit = createStore(limitStored());
onStored(LIMIT_STORED, () => ageLimit.set(limitStored())); // another tab has changed it

function limitStored() {
  const kept = readStored(LIMIT_STORED);
  return kept === null ? null : Number(kept);
}

export function setAgeLimit(limit) {
  writeStored(LIMIT_STORED, limit === null ? null : String(limit));
  ageLimit.set(limit);
}

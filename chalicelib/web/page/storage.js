// What stays in this browser between visits: the language, the theme, the age limit. Nothing secret (see session.js).
const STORED_PREFIX = `kinosovet:${location.pathname}:`;

export function readStored(name) {
  try {
    return localStorage.getItem(STORED_PREFIX + name);
  } catch {
    return null; // storage may be switched off: the page works, it only forgets
  }
}

export function writeStored(name, value) {
  try {
    if (value === null) localStorage.removeItem(STORED_PREFIX + name);
    else localStorage.setItem(STORED_PREFIX + name, value);
  } catch {
    // see readStored
  }
}

/** Told when another tab has changed that value. */
export function onStored(name, listener) {
  addEventListener("storage", (event) => event.key === STORED_PREFIX + name && listener());
}

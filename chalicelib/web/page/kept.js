// What stays in this browser between visits: the language and the theme. Nothing secret (see session.js).
const KEPT_PREFIX = `kinosovet:${location.pathname}:`;

export function readKept(name) {
  try {
    return localStorage.getItem(KEPT_PREFIX + name);
  } catch {
    return null; // storage may be switched off: the page works, it only forgets
  }
}

export function writeKept(name, value) {
  try {
    if (value === null) localStorage.removeItem(KEPT_PREFIX + name);
    else localStorage.setItem(KEPT_PREFIX + name, value);
  } catch {
    // see readKept
  }
}

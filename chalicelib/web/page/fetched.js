// Screens that are fetched when they are opened, with their sheets: most visits never need them.
import { useEffect, useState } from "./vendor/preact.js";

/** Done when the sheet is there: nothing is drawn without it. */
export function addSheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return null;
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    Object.assign(sheet, { onload: resolve, onerror: () => (sheet.remove(), reject(new Error("no style"))) });
    document.head.append(sheet);
  });
}

/** What `load` gives, asked for while `isWanted`: `{ Screen }` when it is there, `{ error }` when not, and `again` to try once more. */
export function useFetched(load, isWanted = true) {
  const [state, setState] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!isWanted) return;
    setState({});
    load().then(
      (Screen) => setState({ Screen }),
      () => setState({ error: { status: 0 } }),
    );
  }, [isWanted, attempt]);
  return { ...state, again: () => setAttempt(attempt + 1) };
}

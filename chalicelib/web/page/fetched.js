// Screens that are fetched when they are opened: most visits never need them.
import { useEffect, useState } from "./vendor/preact.js";

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

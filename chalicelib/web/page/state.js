// A value that screens can watch. Small on purpose: set replaces the value, watchers are told once.
import { useEffect, useReducer } from "./vendor/preact.js";

export function createStore(value) {
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      const changed = typeof next === "function" ? next(value) : next;
      if (changed === value) return;
      value = changed;
      for (const watcher of [...watchers]) watcher();
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** The store's value, or the part that `pick` takes of it; the component is drawn again only when that part changes. */
export function useStore(store, pick = (value) => value) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const picked = pick(store.get());
  useEffect(() => {
    let last = picked;
    const look = () => {
      const now = pick(store.get());
      if (now !== last) {
        last = now;
        redraw();
      }
    };
    look();
    return store.watch(look);
  });
  return picked;
}

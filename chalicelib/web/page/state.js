// A value that screens can watch. Small on purpose: set replaces the value, watchers are told once.
import { Component, h, useEffect, useReducer } from "./vendor/preact.js";

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

/** The component, drawn anew only when a property is another one: a page of films is hundreds of elements. */
export function steady(component) {
  return class Steady extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys({ ...this.props, ...next });
      return names.some((name) => this.props[name] !== next[name]);
    }
    render(properties) {
      return h(component, properties);
    }
  };
}

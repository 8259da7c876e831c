// Stands in for the page's library where there is no browser: components are called as they are, what they draw becomes
// text, and what they wait for is waited for. Templates and elements are the library's own.
import { h, html } from "./library.js";

export { h, html };
export class Component {}
export const render = () => {};

const ROUNDS_MAX = 30; // a screen that is still changing then never comes to rest

const memory = new Map(); // place in the tree → what its component remembers
let cells = [];
let next = 0;
let effects = [];
let isChanged = false;

function cell(make) {
  const index = next++;
  cells[index] ??= make();
  return cells[index];
}

export function useState(initial) {
  const own = cell(() => ({ value: typeof initial === "function" ? initial() : initial }));
  const set = (value) => {
    own.value = typeof value === "function" ? value(own.value) : value;
    isChanged = true;
  };
  return [own.value, set];
}

export function useReducer(reduce, initial) {
  const [value, set] = useState(initial);
  return [value, (action) => set((now) => reduce(now, action))];
}

export function useEffect(run, goesBy = []) {
  const known = cell(() => ({}));
  if (known.goneBy?.every((value, index) => value === goesBy[index])) return;
  known.goneBy = goesBy;
  effects.push(run);
}

export const useLayoutEffect = () => {}; // looks after focus and scrolling
export const useMemo = (make) => make();
export const useRef = (value) => cell(() => ({ current: value }));

function textOf(node, place) {
  if (node === null || node === undefined || typeof node === "boolean") return "";
  if (Array.isArray(node)) return node.map((one, index) => textOf(one, `${place}/${one?.key ?? index}`)).join("");
  if (typeof node !== "object") return String(node);
  const { type, props } = node;
  if (typeof type !== "function") {
    const { children, ...given } = props;
    const attributes = Object.entries(given).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
    return `<${type}${attributes.map(([name, value]) => ` ${name}="${value}"`).join("")}>${textOf(children, `${place}/${type}`)}</${type}>`;
  }
  const own = `${place}/${type.name}`;
  if (!memory.has(own)) memory.set(own, []);
  const outer = [cells, next];
  [cells, next] = [memory.get(own), 0];
  const drawn = type.prototype instanceof Component ? new type().render(props) : type(props);
  [cells, next] = outer;
  return textOf(drawn, own);
}

/** The element as text, once everything that it reads has come. */
export async function drawn(element) {
  memory.clear();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    [effects, isChanged] = [[], false];
    const text = textOf(element, "");
    for (const run of effects) run();
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (!isChanged && !effects.length) return text;
  }
  throw new Error("never comes to rest");
}

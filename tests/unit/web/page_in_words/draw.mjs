// A screen of the page as text. Standard input: { answers: { "GET v1/…": … }, addresses: ["#/", "#/film/…"] };
// standard output: what the last of these screens draws after the others. Lies beside the page's own modules when it runs.
import { readFileSync } from "node:fs";

const { answers, addresses } = JSON.parse(readFileSync(0, "utf-8"));
const stored = new Map([["kinosovet:/:signed-in", "yes"]]);
Object.assign(globalThis, {
  location: { hash: "", pathname: "/" },
  document: { documentElement: {}, hidden: true, querySelector: () => null, addEventListener() {} },
  localStorage: { getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => stored.set(name, value), removeItem: (name) => stored.delete(name) },
  matchMedia: () => ({ matches: true, addEventListener() {} }),
  addEventListener() {},
  async fetch(path, { method }) {
    const asked = `${method} ${path.split("?")[0]}`;
    if (!(asked in answers)) throw new Error(asked);
    return { ok: true, status: 200, headers: new Headers(), text: async () => JSON.stringify(answers[asked]) };
  },
});

const { drawn, html } = await import("./vendor/preact.js");
const { route } = await import("./router.js");
const { startSession } = await import("./session.js");
const { loadRatings } = await import("./rate.js");
const drawers = {
  film: async (id) => html`<${(await import("./film.js")).Film} id=${id} />`,
  search: async () => html`<${(await import("./search.js")).Search} />`,
  mine: async () => html`<${(await import("./my_ratings.js")).MyRatings} />`,
  home: async () => html`<${(await import("./home.js")).Home} />`,
  // Parts of screens that come of what a viewer does there.
  slot: async (id) => html`<${(await import("./slot.js")).Slot} film=${answers[`GET v1/films/${id}`]} />`,
  outcome: async () => html`<${(await import("./import_history.js")).Outcome} ...${answers["POST v1/feedback/import"]} />`,
};

await startSession();
await loadRatings();
let text;
for (const address of addresses) {
  const [name, id = ""] = address.replace("#/", "").split("/");
  route.set({ name, id, query: {} });
  text = await drawn(await drawers[name || "home"](id));
}
process.stdout.write(`${text}<title>${document.title ?? ""}</title>`, () => process.exit(0)); // timers of the page would go on for minutes

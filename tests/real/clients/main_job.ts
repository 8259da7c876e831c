// The main job by the generated TypeScript client: register, sign in, like three films, wait for a list of one's own.
//
//   node main_job.ts URL    prints the list as JSON, each film with its reason

import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./kinosovet.d.ts";

const DEADLINE_SECONDS = 90;
const PASSWORD = "a quite ordinary passphrase";

function require<T>(data: T | undefined, error: unknown): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** A viewer nobody has seen before. */
async function signedIn(baseUrl: string): Promise<Client<paths>> {
  const stranger = createClient<paths>({ baseUrl });
  const email = `${crypto.randomUUID()}@example.com`;
  const wrong = await stranger.POST("/v1/auth/login", { body: { email, password: PASSWORD } });
  if (wrong.error?.status !== 401) throw new Error("a stranger was let in");
  const made = await stranger.POST("/v1/auth/register", { body: { email, password: PASSWORD, language: "en" } });
  const account = require(made.data, made.error);
  const signed = await stranger.POST("/v1/auth/login", { body: { email, password: PASSWORD } });
  const { access_token } = require(signed.data, signed.error);
  const viewer = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${access_token}` } });
  const me = await viewer.GET("/v1/me");
  if (require(me.data, me.error).user_id !== account.user_id) throw new Error("somebody else");
  return viewer;
}

/** Likes what the search finds first. Returns the film's id. */
async function like(viewer: Client<paths>, title: string): Promise<string> {
  const found = await viewer.GET("/v1/films", { params: { query: { query: title, limit: 1 } } });
  const film_id = require(found.data, found.error).films[0]?.film_id;
  if (film_id === undefined) throw new Error(`no film for ${title}`);
  const said = await viewer.PUT("/v1/feedback/{film_id}", { params: { path: { film_id } }, body: { rating: "like" } });
  if (require(said.data, said.error).rating !== "like") throw new Error("not liked");
  return film_id;
}

/** The first list that the likes have made. */
async function ownList(viewer: Client<paths>) {
  const deadline = performance.now() + DEADLINE_SECONDS * 1000;
  while (performance.now() < deadline) {
    const page = await viewer.GET("/v1/recommendations", { params: { query: { limit: 20 } } });
    const list = require(page.data, page.error);
    if (list.source !== "top") return list;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("no list within the deadline");
}

const url = process.argv[2];
if (url === undefined) throw new Error("usage: node main_job.ts URL");
const viewer = await signedIn(url.replace(/\/$/, ""));
const liked: string[] = [];
for (const title of ["Matrix", "Terminator", "Alien"]) liked.push(await like(viewer, title));
const { source, films } = await ownList(viewer);
const shown = films.map(({ film_id, reason, because }) => ({ film_id, reason, because }));
console.log(JSON.stringify({ source, liked, films: shown }));

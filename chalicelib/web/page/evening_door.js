// An evening for two is fetched when it is opened.
import { html } from "./vendor/preact.js";
import { useFetched } from "./fetched.js";
import { Failed } from "./notices.js";
import { t } from "./words.js";

async function fetchEvening() {
  const loaded = await import("./evening.js");
  await loaded.eveningStyle();
  return loaded.Evening;
}

export function EveningDoor({ code }) {
  const { Screen, error, again } = useFetched(fetchEvening);
  if (error) return html`<h1 class="sr-only">${t("evening")}</h1><${Failed} error=${error} onRetry=${again} />`;
  return Screen ? html`<${Screen} code=${code} />` : html`<div class="starting" aria-busy="true"></div>`;
}

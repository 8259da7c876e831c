// The first minute is fetched when it is opened: most visits never are anybody's first.
import { html } from "./vendor/preact.js";
import { useFetched } from "./fetched.js";
import { Failed } from "./notices.js";
import { t } from "./words.js";

/** Fetches it before it is needed. */
export async function fetchFirstMinute() {
  const loaded = await import("./first_minute.js");
  await loaded.firstMinuteStyle();
  return loaded.FirstMinute;
}

export function FirstMinuteDoor() {
  const { Screen, error, again } = useFetched(fetchFirstMinute);
  if (error) return html`<h1 class="sr-only">${t("start")}</h1><${Failed} error=${error} onRetry=${again} />`;
  return Screen ? html`<${Screen} />` : html`<div class="starting" aria-busy="true"></div>`;
}

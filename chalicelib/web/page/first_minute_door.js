// The first minute is fetched when it is opened: most visits never are anybody's first.
import { html, useEffect, useState } from "./vendor/preact.js";
import { Failed } from "./notices.js";
import { t } from "./words.js";

/** Fetches it before it is needed. */
export async function fetchFirstMinute() {
  const loaded = await import("./first_minute.js");
  await loaded.firstMinuteStyle();
  return loaded.FirstMinute;
}

export function FirstMinuteDoor() {
  const [screen, setScreen] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setScreen({});
    fetchFirstMinute().then(
      (Screen) => setScreen({ Screen }),
      () => setScreen({ error: { status: 0 } }),
    );
  }, [attempt]);
  if (screen.error) return html`<h1 class="sr-only">${t("start")}</h1><${Failed} error=${screen.error} onRetry=${() => setAttempt(attempt + 1)} />`;
  return screen.Screen ? html`<${screen.Screen} />` : html`<div class="starting" aria-busy="true"></div>`;
}

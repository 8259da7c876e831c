// The operator's page is fetched when it is opened: viewers never load it.
import { html, useEffect, useState } from "./vendor/preact.js";
import { Empty, Failed } from "./notices.js";
import { session } from "./session.js";
import { useStore } from "./state.js";
import { t } from "./words.js";

export const isOperator = (user) => Boolean(user?.roles?.includes("operator"));

export function OperatorDoor() {
  const { user } = useStore(session);
  const [screen, setScreen] = useState({});
  const [attempt, setAttempt] = useState(0);
  const isLetIn = isOperator(user);
  useEffect(() => {
    if (!isLetIn) return;
    setScreen({});
    const load = async () => {
      const loaded = await import("./operator.js");
      await loaded.operatorStyle();
      return loaded.OperatorScreen;
    };
    load().then(
      (Screen) => setScreen({ Screen }),
      () => setScreen({ error: { status: 0 } }),
    );
  }, [isLetIn, attempt]);
  const title = html`<h1 class="screen-title">${t("operator")}</h1>`;
  if (!isLetIn) return html`${title}<${Empty} title=${t("operator_only_title")} text=${t("operator_only")}><a class="button" href="#/">${t("to_home")}</a><//>`;
  if (screen.error) return html`${title}<${Failed} error=${screen.error} onRetry=${() => setAttempt(attempt + 1)} />`;
  return html`${title}${screen.Screen ? html`<${screen.Screen} />` : html`<div class="starting" aria-busy="true"></div>`}`;
}

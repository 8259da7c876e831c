// The operator's page is fetched when it is opened: viewers never load it.
import { html } from "./vendor/preact.js";
import { useFetched } from "./fetched.js";
import { Empty, Failed } from "./notices.js";
import { session } from "./session.js";
import { useStore } from "./state.js";
import { t } from "./words.js";

export const isOperator = (user) => Boolean(user?.roles?.includes("operator"));

async function fetchOperator() {
  const loaded = await import("./operator.js");
  await loaded.operatorStyle();
  return loaded.OperatorScreen;
}

export function OperatorDoor() {
  const { user } = useStore(session);
  const isLetIn = isOperator(user);
  const { Screen, error, again } = useFetched(fetchOperator, isLetIn);
  const title = html`<h1 class="screen-title">${t("operator")}</h1>`;
  if (!isLetIn) return html`${title}<${Empty} title=${t("operator_only_title")} text=${t("operator_only")}><a class="button" href="#/">${t("to_home")}</a><//>`;
  if (error) return html`${title}<${Failed} error=${error} onRetry=${again} />`;
  return html`${title}${Screen ? html`<${Screen} />` : html`<div class="starting" aria-busy="true"></div>`}`;
}

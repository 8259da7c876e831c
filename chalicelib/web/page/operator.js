// The operator's page: how the site is doing, what the advice came to, what got stuck, and one viewer's list.
import { html } from "./vendor/preact.js";
import { addSheet } from "./fetched.js";
import { ExperimentsView } from "./operator_experiments.js";
import { OutcomesView } from "./operator_outcomes.js";
import { QueuesView } from "./operator_queues.js";
import { LearningView, TodayView } from "./operator_today.js";
import { ViewersView } from "./operator_viewers.js";
import { route } from "./router.js";
import { useStore } from "./state.js";
import { addWords, t } from "./words.js";
import { operatorWordsEn } from "./words_operator_en.js";
import { operatorWordsRu } from "./words_operator_ru.js";

const VIEWS = { today: TodayView, outcomes: OutcomesView, experiments: ExperimentsView, queues: QueuesView, learning: LearningView, viewers: ViewersView };

addWords({ ru: operatorWordsRu, en: operatorWordsEn });

export const operatorStyle = () => addSheet("assets/operator.css");

export function OperatorScreen() {
  const { id } = useStore(route);
  const view = id in VIEWS ? id : "today";
  return html`
    <nav class="tabs" aria-label=${t("operator")}>
      ${Object.keys(VIEWS).map((one) => html`<a key=${one} href=${`#/operator/${one}`} aria-current=${one === view ? "page" : undefined}>${t(`op_${one}`)}</a>`)}
    </nav>
    <${VIEWS[view]} key=${view} />
  `;
}

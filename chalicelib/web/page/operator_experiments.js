// How the experiments stand: what each arm came to, what was stopped, and whether the model pays.
import { html } from "./vendor/preact.js";
import { api } from "./api.js";
import { useRead } from "./film.js";
import { Failed } from "./notices.js";
import { Facts, Intervals, percentText, Table } from "./operator_charts.js";
import { momentText } from "./operator_today.js";
import { numberText, t } from "./words.js";

export function ExperimentsView() {
  const [found, error, again] = useRead(() => api("GET", "v1/operator/experiments", { signedIn: true }), "experiments");
  if (error) return html`<${Failed} error=${error} onRetry=${again} />`;
  if (!found) return html`<div class="starting" aria-busy="true"></div>`;
  return html`
    <p class="op-at">${t("op_vote_weight", { weight: numberText(found.vote_weight, { maximumFractionDigits: 2 }) })}</p>
    ${found.experiments.length === 0 && html`<p class="op-nothing">${t("op_no_experiments")}</p>`}
    ${found.experiments.map((one) => html`<${ExperimentPanel} key=${one.name} experiment=${one} />`)}
  `;
}

function ExperimentPanel({ experiment }) {
  const { name, about, arms, pays } = experiment;
  const counted = arms.filter((arm) => arm.rate);
  const rows = counted.map((arm) => ({ label: arm.name, rate: arm.rate.value, low: arm.rate.low, high: arm.rate.high }));
  const heads = ["op_arm", "op_share", "op_differs", "op_state", "op_arm_viewers", "op_shown", "op_deed_liked", "op_rate", "op_interval", "op_difference"].map((key) => t(key));
  const cells = arms.map((arm) => [
    arm.name,
    percentText(arm.share),
    arm.differs.join(", ") || "–",
    t(`op_standing_${arm.state}`),
    numberText(arm.viewers),
    numberText(arm.shown),
    numberText(arm.liked),
    arm.rate ? percentText(arm.rate.value) : "–",
    arm.rate ? `${percentText(arm.rate.low)} … ${percentText(arm.rate.high)}` : "–",
    arm.difference ? estimateText(arm.difference, percentText) : "–",
  ]);
  return html`<section class="panel op-wide" aria-labelledby=${`op-experiment-${name}`}>
    <h2 id=${`op-experiment-${name}`}>${name}</h2>
    <p>${about}</p>
    <${Facts} facts=${[
      [t("op_state"), t(`op_standing_${experiment.state}`)],
      [t("op_counted_from"), experiment.counted_from ?? "–"],
      [t("op_counted_at"), momentText(experiment.counted_at) ?? "–"],
      ...(pays ? payments(pays) : []),
    ]} />
    ${rows.length > 0 && html`<${Intervals} title=${t("op_arm_rates")} rows=${rows} isCorrected=${false} />`}
    <${Table} title=${name} heads=${heads} rows=${cells} isOpen=${true} />
  </section>`;
}

const estimateText = ({ value, low, high }, text) => `${text(value)} (${text(low)} … ${text(high)})`;

function payments({ extra_likes: extra, roubles, extra_likes_per_rouble: perRouble }) {
  const text = (value) => numberText(value, { maximumFractionDigits: 2 });
  return [
    [t("op_extra_likes"), extra ? estimateText(extra, text) : null],
    [t("op_roubles"), text(roubles)],
    [t("op_extra_per_rouble"), perRouble ? estimateText(perRouble, text) : null],
  ];
}

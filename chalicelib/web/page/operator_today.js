// How the site is doing right now, and what its learning has come to.
import { html } from "./vendor/preact.js";
import { api } from "./api.js";
import { useRead } from "./film.js";
import { Failed } from "./notices.js";
import { Bars, Facts, percentText, Table } from "./operator_charts.js";
import { language, numberText, t } from "./words.js";

export const momentText = (moment) => moment && new Date(moment).toLocaleString(language.get(), { dateStyle: "medium", timeStyle: "short" });

/** `[words, status]`: the words stand where the status is not there yet. */
export function useStatus() {
  const [status, error, again] = useRead(() => api("GET", "v1/operator/status", { signedIn: true }), "status");
  if (error) return [html`<${Failed} error=${error} onRetry=${again} />`, null, again];
  return [html`<div class="starting" aria-busy="true"></div>`, status, again];
}

export function TodayView() {
  const [instead, status, again] = useStatus();
  if (!status) return instead;
  const { questions, tokens, lists } = status;
  const left = Math.max(0, tokens.budget - tokens.used - tokens.reserved);
  const outcomes = Object.entries(questions.by_outcome).map(([name, value]) => ({ label: t(`op_ending_${name.replaceAll(" ", "_")}`), value, tone: name === "answered" ? "good" : "bad" }));
  const sources = Object.entries(lists.by_source).map(([name, value]) => ({ label: t(`op_source_${name}`), value }));
  const money = numberText(tokens.money.amount, { style: "currency", currency: tokens.money.currency });
  return html`
    <p class="op-at">${t("op_at", { when: momentText(status.at) })} <button class="link-button" onClick=${again}>${t("op_again")}</button></p>
    <div class="panels op-panels">
      <section class="panel" aria-labelledby="op-questions">
        <h2 id="op-questions">${t("op_questions")}</h2>
        <${Facts} facts=${[[t("op_questions_today"), numberText(questions.today)], [t("op_waiting_viewers"), numberText(questions.waiting)], [t("op_open_questions"), numberText(questions.open)]]} />
        ${outcomes.length > 0 && html`<${Bars} title=${t("op_by_outcome")} rows=${outcomes} />`}
      </section>
      <section class="panel" aria-labelledby="op-tokens">
        <h2 id="op-tokens">${t("op_tokens")}</h2>
        <${Facts} facts=${[[t("op_money"), money], [t("op_budget"), numberText(tokens.budget)]]} />
        <${Bars} title=${t("op_tokens_of_budget")} rows=${[
          { label: t("op_used"), value: tokens.used - tokens.lost },
          { label: t("op_lost"), value: tokens.lost, tone: "bad" },
          { label: t("op_reserved"), value: tokens.reserved },
          { label: t("op_left"), value: left, tone: "good" },
        ]} />
      </section>
      <section class="panel" aria-labelledby="op-lists">
        <h2 id="op-lists">${t("op_lists")}</h2>
        <${Bars} title=${t("op_lists_by_source")} rows=${sources} />
      </section>
    </div>
  `;
}

export function LearningView() {
  const [instead, status] = useStatus();
  if (!status) return instead;
  const { catalogue, learning } = status;
  const runs = [...learning.runs].reverse();
  const share = (rate) => (rate === null ? null : percentText(rate));
  return html`<div class="panels op-panels">
    <section class="panel" aria-labelledby="op-catalogue">
      <h2 id="op-catalogue">${t("op_catalogue")}</h2>
      <${Facts} facts=${[
        [t("op_films"), catalogue.films === null ? null : numberText(catalogue.films)],
        [t("op_loaded_at"), momentText(catalogue.loaded_at)],
        [t("op_withdrawn"), catalogue.withdrawn === null ? null : numberText(catalogue.withdrawn)],
      ]} />
    </section>
    <section class="panel" aria-labelledby="op-model">
      <h2 id="op-model">${t("op_model")}</h2>
      <${Facts} facts=${[
        [t("op_learned_at"), momentText(learning.learned_at)],
        [t("op_likes"), learning.likes === null ? null : numberText(learning.likes)],
        [t("op_hit_rate"), share(learning.hit_rate)],
        [t("op_popularity"), share(learning.popularity_hit_rate)],
      ]} />
      <p class="field-hint">${t("op_hit_rate_hint")}</p>
    </section>
    ${runs.length > 0 && html`<section class="panel" aria-labelledby="op-runs">
      <h2 id="op-runs">${t("op_runs")}</h2>
      <${Runs} runs=${runs} />
      <${Table} title=${t("op_runs")} heads=${[t("op_learned_at"), t("op_likes"), t("op_hit_rate"), t("op_popularity")]}
        rows=${runs.map((run) => [momentText(run.learned_at), numberText(run.likes), percentText(run.hit_rate), percentText(run.popularity_hit_rate)])} />
    </section>`}
  </div>`;
}

/** Two lines over the runs, the oldest at the left. */
function Runs({ runs }) {
  const inTime = [...runs].reverse();
  const most = Math.max(0.001, ...inTime.flatMap((run) => [run.hit_rate, run.popularity_hit_rate]));
  const x = (place) => (inTime.length === 1 ? 50 : 4 + (92 * place) / (inTime.length - 1));
  const y = (rate) => 104 - (92 * rate) / most;
  const marks = (name) => inTime.map((run, place) => html`<circle key=${run.learned_at} class=${name === "hit_rate" ? "op-dot" : "op-ring"} cx=${`${x(place)}%`} cy=${y(run[name])} r="4" />`);
  const lines = (name) => inTime.slice(1).map((run, place) => html`<line key=${run.learned_at} class="op-interval" x1=${`${x(place)}%`} y1=${y(inTime[place][name])} x2=${`${x(place + 1)}%`} y2=${y(run[name])} />`);
  return html`<div aria-hidden="true">
    <svg class="op-plot" height="110"><line class="op-zero" x1="0" x2="100%" y1="104" y2="104" />${lines("popularity_hit_rate")}${lines("hit_rate")}${marks("popularity_hit_rate")}${marks("hit_rate")}</svg>
    <p class="op-legend"><svg class="op-plot" width="14" height="14"><circle class="op-dot" cx="7" cy="7" r="5" /></svg>${t("op_hit_rate")}
      <svg class="op-plot" width="14" height="14"><circle class="op-ring" cx="7" cy="7" r="4" /></svg>${t("op_popularity")}</p>
  </div>`;
}

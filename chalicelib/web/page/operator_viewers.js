// One viewer, by e-mail address or id: their list as published, what put each film there, and their last question.
import { html, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Field } from "./fields.js";
import { errorText } from "./notices.js";
import { Facts, Grid } from "./operator_charts.js";
import { momentText } from "./operator_today.js";
import { numberText, t } from "./words.js";

export function ViewersView() {
  const [state, setState] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    const who = new FormData(event.target).get("who").trim();
    if (!who) return;
    setState({ isBusy: true });
    try {
      const { viewers } = await api("GET", "v1/operator/viewers", { signedIn: true, query: who.includes("@") ? { email: who } : { viewer: who } });
      const [viewer] = viewers;
      const list = viewer?.has_list ? await api("GET", `v1/operator/viewers/${viewer.user_id}/list`, { signedIn: true }) : null;
      setState({ viewer, list, failure: viewer ? null : t("op_nobody") });
    } catch (error) {
      setState({ failure: errorText(error) });
    }
  };
  return html`
    <form class="op-find" onSubmit=${submit}>
      <${Field} id="who" label=${t("op_who")} hint=${t("op_who_hint")} error=${state.failure} autocomplete="off" spellcheck=${false} required maxlength="254" />
      <button class="button button-main" disabled=${state.isBusy}>${t("op_find")}</button>
    </form>
    ${state.viewer && html`<${ViewerPanels} viewer=${state.viewer} list=${state.list} />`}
  `;
}

function ViewerPanels({ viewer, list }) {
  const { profile } = viewer;
  return html`<div class="panels op-panels">
    <section class="panel" aria-labelledby="op-profile">
      <h2 id="op-profile">${profile?.name || profile?.email || t("op_viewer")}</h2>
      <${Facts} facts=${[
        [t("email"), profile?.email],
        [t("op_id"), html`<code>${viewer.user_id}</code>`],
        [t("language"), profile?.language],
        [t("op_since"), momentText(profile?.created_at)],
        ...(list ? [[t("op_list_version"), numberText(list.version)], [t("op_published_at"), momentText(list.generated_at)], [t("op_judged"), numberText(list.judged)]] : []),
      ]} />
    </section>
    ${list ? html`<${QuestionPanel} question=${list.question} asked=${list.asked} />` : html`<p class="op-nothing" role="status">${t("op_no_list")}</p>`}
  </div>
  ${list && html`<${Places} list=${list} />`}`;
}

function QuestionPanel({ question, asked }) {
  return html`<section class="panel" aria-labelledby="op-question">
    <h2 id="op-question">${t("op_question")}</h2>
    <${Facts} facts=${[
      [t("op_asked_at"), momentText(question.asked_at) ?? t("op_never")],
      [t("op_state"), question.is_open ? t("op_is_open") : question.waits_since ? t("op_waits_since", { when: momentText(question.waits_since) }) : t("op_rests")],
      [t("op_not_before"), momentText(question.not_before) ?? "–"],
      ...(question.cause ? [[t("op_cause"), question.cause]] : []),
      ...(asked ? [[t("op_answered_at"), momentText(asked.replied_at)], [t("op_prompt_version"), asked.prompt_version], [t("op_tokens"), numberText(asked.tokens)]] : []),
    ]} />
    ${asked
      ? html`<${Words} title=${t("op_prompt")} text=${asked.prompt || t("op_not_kept")} /><${Words} title=${t("op_reply")} text=${asked.reply} />`
      : html`<p class="field-hint">${t("op_no_words")}</p>`}
  </section>`;
}

function Words({ title, text }) {
  return html`<details class="op-details"><summary>${title}</summary><pre class="op-words" tabindex="0" role="group" aria-label=${title}>${text}</pre></details>`;
}

function Places({ list }) {
  const titles = new Map(list.places.map((one) => [one.film_id, one.title]));
  const heads = ["op_place", "op_film", "op_from", "op_ground", "op_score", "op_moved", "op_pick", "op_words_of_model"].map((key) => t(key));
  const rows = list.places.map((one) => [
    numberText(one.place),
    html`<a href=${`#/film/${one.film_id}`}>${one.title}</a> ${one.year}`,
    t(`op_source_${one.source}`),
    html`${t(`op_ground_${one.ground}`)}${one.because.length > 0 && html` <span class="op-quiet">(${one.because.map((id) => titles.get(id) ?? list.because_titles[id] ?? id).join(", ")})</span>`}`,
    one.account ? scoreText(one.account) : "–",
    one.account ? movedText(one.account) : "–",
    one.account?.pick ?? "–",
    one.words ?? "–",
  ]);
  return html`<section class="panel op-wide" aria-labelledby="op-places">
    <h2 id="op-places">${t("op_places")}</h2>
    <p class="field-hint">${t("op_score_hint")}</p>
    <${Grid} title=${t("op_places")} heads=${heads} rows=${rows} />
  </section>`;
}

const scoreText = ({ likes, content, popularity, recent, kept_percent: kept }) => `(${likes} + ${content} + ${popularity} + ${recent}) × ${kept} %`;

function movedText({ rose, promised, chance, shown_untouched: shown }) {
  const said = [];
  if (rose) said.push(rose > 0 ? `+${rose}` : String(rose));
  if (shown) said.push(t("op_shown_untouched", { times: numberText(shown) }));
  if (promised) said.push(t("op_promised"));
  if (chance !== null) said.push(t("op_by_lot", { chance: numberText(chance, { style: "percent", maximumFractionDigits: 2 }) }));
  return said.join(", ") || "–";
}

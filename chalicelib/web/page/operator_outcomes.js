// What came of the films shown: shares with their intervals, by what the operator chooses.
import { html, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { Choice, SelectField } from "./fields.js";
import { useRead } from "./film.js";
import { Failed } from "./notices.js";
import { Intervals, percentText, Table } from "./operator_charts.js";
import { numberText, t } from "./words.js";

const BY = ["source", "place", "surface", "experiment", "prompt_version", "age"];
const DEEDS = ["liked", "opened", "started", "finished", "disliked"];
const DAYS = [1, 7, 28, 90, 400];

export function OutcomesView() {
  const [by, setBy] = useState("source");
  const [days, setDays] = useState(28);
  const [deed, setDeed] = useState("liked");
  const ask = () => api("GET", "v1/operator/outcomes", { signedIn: true, query: { by, days } });
  const [found, error, again] = useRead(ask, `${by}/${days}`);
  return html`
    <div class="op-choices">
      <${Choice} name="by" label=${t("op_by")} value=${by} options=${BY.map((one) => [one, t(`op_by_${one}`)])} onChange=${setBy} />
      <${SelectField} id="op-days" label=${t("op_days")} value=${String(days)} options=${DAYS.map((one) => [String(one), t("op_days_n", { n: one })])} onChange=${(one) => setDays(Number(one))} />
      <${SelectField} id="op-deed" label=${t("op_deed")} value=${deed} options=${DEEDS.map((one) => [one, t(`op_deed_${one}`)])} onChange=${setDeed} />
    </div>
    ${error && html`<${Failed} error=${error} onRetry=${again} />`}
    ${!error && !found && html`<div class="starting" aria-busy="true"></div>`}
    ${found && html`<${Rates} found=${found} deed=${deed} />`}
  `;
}

function Rates({ found, deed }) {
  if (!found.rows.length) return html`<p class="op-nothing" role="status">${t("op_no_outcomes")}</p>`;
  const title = t("op_rates_of", { deed: t(`op_deed_${deed}`) });
  const label = (value) => (found.by === "source" || value === "unknown" || value === "none" ? t(`op_source_${value}`) : value);
  const rows = found.rows.map((row) => ({ label: label(row.value), ...row.rates[deed] }));
  const heads = [t(`op_by_${found.by}`), t("op_shown"), ...DEEDS.map((one) => t(`op_deed_${one}`)), t("op_rate"), t("op_interval"), t("op_corrected")];
  const interval = (rate) => `${percentText(rate.low)} … ${percentText(rate.high)}`;
  const cells = found.rows.map((row) => {
    const rate = row.rates[deed];
    const corrected = rate.corrected ? `${percentText(rate.corrected.rate)} (${interval(rate.corrected)})` : "–";
    return [label(row.value), numberText(row.shown), ...DEEDS.map((one) => numberText(row[one])), percentText(rate.rate), interval(rate), corrected];
  });
  return html`<section class="panel">
    <h2>${title}</h2>
    <p class="field-hint">${t("op_counted_days", { n: found.counted_days, days: found.days })}</p>
    <${Intervals} title=${t("op_rates_hint")} rows=${rows} isCorrected=${found.by !== "place"}>
      <${Table} title=${title} heads=${heads} rows=${cells} isOpen=${true} />
    <//>
  </section>`;
}

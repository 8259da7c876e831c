// Plots as inline SVG, each with the same figures as a table behind it. Positions are in percent, so text keeps its size.
import { html } from "./vendor/preact.js";
import { numberText, t } from "./words.js";

export const percentText = (share) => numberText(share, { style: "percent", maximumFractionDigits: share < 0.1 ? 2 : 1 });

/** Rows `{ label, value, text }` as bars from zero; `tone` is a word of the style sheet. */
export function Bars({ title, rows, tone = "plain" }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return html`<figure class="op-figure">
    <figcaption>${title}</figcaption>
    <div class="op-rows" aria-hidden="true">${rows.map(
      (row) => html`<div class="op-row" key=${row.label}>
        <span class="op-label">${row.label}</span>
        <svg class=${`op-plot op-${row.tone ?? tone}`} height="18"><rect x="0" y="3" width=${`${(100 * row.value) / most}%`} height="12" rx="3" /></svg>
        <span class="op-value">${row.text ?? numberText(row.value)}</span>
      </div>`,
    )}</div>
    <${Table} title=${title} heads=${[t("op_what"), t("op_count")]} rows=${rows.map((row) => [row.label, row.text ?? numberText(row.value)])} />
  </figure>`;
}

/** Rows `{ label, rate, low, high, corrected }`: a dot with its interval, a ring where it is corrected for the place. */
export function Intervals({ title, rows, isCorrected = true, children }) {
  const most = Math.max(0.001, ...rows.map((row) => Math.max(row.high, row.corrected?.high ?? 0)));
  const at = (share) => `${1.5 + (97 * share) / most}%`;
  return html`<figure class="op-figure">
    <figcaption>${title}</figcaption>
    <div class="op-rows" aria-hidden="true">
      ${rows.map(
        (row) => html`<div class="op-row" key=${row.label}>
          <span class="op-label">${row.label}</span>
          <svg class="op-plot" height="30">
            <line class="op-zero" x1=${at(0)} x2=${at(0)} y1="0" y2="30" />
            <line class="op-interval" x1=${at(row.low)} x2=${at(row.high)} y1="11" y2="11" />
            <circle class="op-dot" cx=${at(row.rate)} cy="11" r="5" />
            ${row.corrected && html`<line class="op-interval" x1=${at(row.corrected.low)} x2=${at(row.corrected.high)} y1="23" y2="23" />
              <circle class="op-ring" cx=${at(row.corrected.rate)} cy="23" r="4" />`}
          </svg>
          <span class="op-value">${percentText(row.rate)}</span>
        </div>`,
      )}
      <p class="op-legend"><svg class="op-plot" width="14" height="14"><circle class="op-dot" cx="7" cy="7" r="5" /></svg>${t("op_legend_rate")}
        ${isCorrected && html`<svg class="op-plot" width="14" height="14"><circle class="op-ring" cx="7" cy="7" r="4" /></svg>${t("op_legend_corrected")}`}</p>
    </div>
    ${children}
  </figure>`;
}

/** The table behind a plot. */
export function Table({ title, isOpen = false, ...table }) {
  return html`<details class="op-details" open=${isOpen}>
    <summary>${t("op_table")}<span class="sr-only">: ${title}</span></summary>
    <${Grid} title=${title} ...${table} />
  </details>`;
}

/** A table that may be wider than the screen: it is scrolled by itself, by keys too. */
export function Grid({ title, heads, rows }) {
  return html`<div class="op-scroll" tabindex="0" role="group" aria-label=${title}>
    <table>
      <thead><tr>${heads.map((head, place) => html`<th key=${place} scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows.map(
        (row, number) => html`<tr key=${number}>${row.map((cell, place) => (place ? html`<td key=${place}>${cell}</td>` : html`<th key=${place} scope="row">${cell}</th>`))}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}

/** What is known, a line each: `[word, value]`; a value that is not known is said so. */
export function Facts({ facts }) {
  return html`<dl class="op-facts">${facts.map(([word, value]) => html`<div key=${word}><dt>${word}</dt><dd>${value ?? t("op_unknown")}</dd></div>`)}</dl>`;
}

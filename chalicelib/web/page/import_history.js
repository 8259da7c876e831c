// Bringing a history from elsewhere: a file or a pasted list, cut up, sent part by part, and told what became of it.
import { html, useRef, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { SelectField } from "./fields.js";
import { textOfFile } from "./history_file.js";
import { formatOf, requestsOf, rowsOfHistory } from "./history_rows.js";
import { lookAgain } from "./home_list.js";
import { loadRatings } from "./rate.js";
import { errorText } from "./notices.js";
import { searchAddress } from "./router.js";
import { say } from "./messages.js";
import { t } from "./words.js";

const FORMATS = ["kinopoisk", "imdb", "letterboxd", "trakt", "plain"];
const ROWS_SHOWN = 50;

export function ImportHistory({ onImported }) {
  const [text, setText] = useState("");
  const [format, setFormat] = useState("plain");
  const [isNoText, setNoText] = useState(false);
  const [run, setRun] = useState(null); // { done, all, imported, neutral, unmatched, ambiguous, left_out, isOver, problem }
  const isStopped = useRef(false);
  const count = rowsOfHistory(format, text).rows.length;
  const isRunning = run && !run.isOver;

  const take = (given) => {
    setText(given);
    setFormat(formatOf(given));
    setNoText(false);
    setRun(null);
  };
  const takeFile = async (event) => {
    const [file] = event.target.files;
    if (!file) return; // the choice was called off
    const given = textOfFile(new Uint8Array(await file.arrayBuffer()));
    take(given ?? "");
    setNoText(given === null);
  };
  const start = async (event) => {
    event.preventDefault();
    isStopped.current = false;
    let state = { done: 0, all: count, imported: 0, neutral: 0, unmatched: [], ambiguous: [], left_out: [], isOver: false, problem: null };
    const show = (changes) => setRun((state = { ...state, ...changes }));
    show({});
    try {
      for (const { count: rows, ...body } of requestsOf(format, text)) {
        if (isStopped.current) break;
        const answer = await api("POST", "v1/feedback/import", { signedIn: true, body });
        show({
          done: state.done + rows,
          imported: state.imported + answer.imported,
          neutral: state.neutral + (answer.neutral ?? 0),
          unmatched: [...state.unmatched, ...answer.unmatched],
          ambiguous: [...state.ambiguous, ...answer.ambiguous],
          left_out: [...state.left_out, ...answer.left_out],
        });
      }
      show({ isOver: true, problem: isStopped.current ? t("stopped") : null });
    } catch (error) {
      show({ isOver: true, problem: error.status === undefined ? t("import_row_large") : error.status === 400 ? error.message : errorText(error) });
    }
    say(t("import_done", { n: state.imported }));
    if (state.imported) {
      lookAgain();
      await loadRatings().catch(() => {}); // the marks on cards can wait for the next visit
      onImported();
    }
  };

  return html`<section class="panel" aria-labelledby="import-title">
    <h2 id="import-title">${t("import_title")}</h2>
    <p>${t("import_text")}</p>
    <form onSubmit=${start}>
      <label class="button file-button">${t("import_file")}<input class="sr-only" type="file" accept=".csv,.txt,.xls,text/csv,text/plain" onChange=${takeFile} /></label>
      ${isNoText && html`<p class="field-error" role="alert">${t("import_no_text")}</p>`}
      <div class="field">
        <label for="import-text">${t("import_paste")}</label>
        <textarea id="import-text" rows="5" value=${text} onInput=${(event) => take(event.target.value)} placeholder=${"Stalker (1979)\nThe Matrix (1999)"}></textarea>
      </div>
      <${SelectField} id="import-format" label=${t("import_format")} value=${format} onChange=${setFormat} options=${FORMATS.map((key) => [key, t(`format_${key}`)])} />
      ${isRunning
        ? html`<div class="progress"><progress max=${run.all} value=${run.done} aria-label=${t("import_progress", run)}></progress><p>${t("import_progress", run)}</p>
            <button type="button" class="button" onClick=${() => (isStopped.current = true)}>${t("stop")}</button></div>`
        : html`<button class="button button-main" disabled=${count === 0}>${t("import_start", { n: count })}</button>`}
    </form>
    ${run?.isOver && html`<${Outcome} ...${run} />`}
  </section>`;
}

export function Outcome({ imported, neutral, unmatched, ambiguous, left_out, problem }) {
  return html`<div class="outcome">
    ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
    <p class="outcome-main">${t("import_done", { n: imported })}</p>
    ${neutral > 0 && html`<p>${t("import_neutral", { n: neutral })}</p>`}
    <${Rows} title=${t("import_unmatched", { n: unmatched.length })} rows=${unmatched} />
    <${Rows} title=${t("import_ambiguous", { n: ambiguous.length })} rows=${ambiguous} />
    <${Rows} title=${t("import_left_out", { n: left_out.length })} rows=${left_out} />
  </div>`;
}

/** Each row with the films it may mean, or with a search for it. */
function Rows({ title, rows }) {
  if (!rows.length) return null;
  return html`<details>
    <summary>${title}</summary>
    <ul>
      ${rows.slice(0, ROWS_SHOWN).map(
        (row, index) => html`<li key=${index}>
          <span>${filmText(row)}</span>${" "}
          ${row.candidates
            ? row.candidates.map((film) => html`<a key=${film.film_id} href=${`#/film/${film.film_id}`}>${filmText(film)}</a> `)
            : html`<a href=${searchAddress({ query: row.title.slice(0, 100) })}>${t("import_find")}<span class="sr-only">: ${row.title}</span></a>`}
        </li>`,
      )}
    </ul>
  </details>`;
}

const filmText = ({ title, year }) => (year ? `${title} (${year})` : title);

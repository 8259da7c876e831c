// Cutting a viewer's exported history into requests that the API takes. Pure: texts in, texts out.

const ROWS_MAX = 300; // api.md: rows a request
const REQUEST_BYTES_MAX = 60_000; // api.md: 64 KB a request, JSON around the rows included
const PLAIN_HEAD = /^"?title"?[,;]/i;

/** A row by itself is larger than a request may be. */
export class RowTooLargeError extends Error {}

/** Records of a CSV text, as written: a line break inside quotes belongs to its record. */
export function recordsOf(text) {
  const records = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (at === text.length || (text[at] === "\n" && !isQuoted)) {
      records.push(text.slice(start, at).replace(/\r$/, ""));
      start = at + 1;
    }
  }
  return records.filter((record) => record.trim() !== "");
}

export function formatOf(text) {
  const [head = ""] = text.replace(/^\uFEFF/, "").split("\n", 1);
  if (/^"?(const|position)"?[,;]/i.test(head) || /[,;]"?your rating"?[,;]/i.test(head)) return "imdb";
  if (/trakt_id/.test(head)) return "trakt";
  if (/моя оценка/i.test(head)) return "kinopoisk";
  return /letterboxd uri/i.test(head) ? "letterboxd" : "plain";
}

/** The rows without the head line, and the head line. A list of titles, one a line, becomes rows of liked films. */
export function rowsOfHistory(format, text) {
  const clean = text.replace(/^\uFEFF/, "");
  if (format !== "plain" || PLAIN_HEAD.test(clean)) {
    const [head = "", ...rows] = recordsOf(clean);
    return { head, rows };
  }
  const lines = clean.split(/\r?\n/).filter((line) => line.trim() !== "");
  return { head: "title,year,rating", rows: lines.map(likedRow) };
}

/** `Stalker (1979)` → `"Stalker",1979,like` */
function likedRow(line) {
  const [, title, year = ""] = line.trim().match(/^(.*?)\s*(?:[([](\d{4})[)\]])?$/);
  return `"${(title || line.trim()).replaceAll('"', '""')}",${year},like`;
}

/** → [{ format, csv, count }], each small enough for one request. */
export function requestsOf(format, text) {
  const { head, rows } = rowsOfHistory(format, text);
  const bodyOf = (part) => ({ format, csv: [head, ...part].join("\n") });
  const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;
  const emptyBytes = bytesOf(bodyOf([]));
  const requests = [];
  let part = [];
  let bytes = emptyBytes;
  const close = () => {
    if (part.length) requests.push({ ...bodyOf(part), count: part.length });
    part = [];
    bytes = emptyBytes;
  };
  for (const row of rows) {
    const rowBytes = bytesOf(row);
    if (emptyBytes + rowBytes > REQUEST_BYTES_MAX) throw new RowTooLargeError();
    if (part.length === ROWS_MAX || bytes + rowBytes > REQUEST_BYTES_MAX) close();
    part.push(row);
    bytes += rowBytes;
  }
  close();
  return requests;
}

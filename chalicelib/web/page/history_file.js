// What a chosen file says, as text that can be sent: UTF-8 or Windows-1251; Kinopoisk's votes.xls, an HTML table, as CSV.
// Pure. The table is taken apart by hand: the page's policy lets no script parse HTML.

const TABLE_WITHIN = 4_096; // characters in which an HTML table shows itself
// A file in Windows-1251 writes the letters that it lacks as entities: "Am&eacute;lie".
const MARKS = { grave: "\u0300", acute: "\u0301", circ: "\u0302", tilde: "\u0303", uml: "\u0308", ring: "\u030a", cedil: "\u0327", caron: "\u030c" };
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", laquo: "«", raquo: "»", ndash: "–", mdash: "—", hellip: "…", rsquo: "’", lsquo: "‘", ldquo: "“", rdquo: "”", bdquo: "„", middot: "·", sup2: "²", sup3: "³", frac12: "½", deg: "°", iexcl: "¡", iquest: "¿", szlig: "ß", oslash: "ø", Oslash: "Ø", aelig: "æ", AElig: "Æ" };

/** The file's text, or null when it is none (a picture, a real spreadsheet). */
export function textOfFile(bytes) {
  if (bytes.includes(0)) return null;
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("windows-1251").decode(bytes);
  }
  return /<table/i.test(text.slice(0, TABLE_WITHIN)) ? csvOfTable(text) : text;
}

function csvOfTable(html) {
  const rows = html.split(/<tr\b[^<>]*>/i).slice(1).map(cellsOf);
  return rows.filter((cells) => cells.some(Boolean)).map((cells) => cells.map(quoted).join(",")).join("\n");
}

function cellsOf(row) {
  const cells = row.split(/<t[dh]\b[^<>]*>/i).slice(1);
  return cells.map((cell) => plain(cell.split(/<\/t[dhr]\b/i, 1)[0]));
}

function plain(cell) {
  return cell.replace(/<[^<>]*>/g, "").replace(/&(?:#(\d+)|#x([\da-f]+)|([a-z])(grave|acute|circ|tilde|uml|ring|cedil|caron)|(\w+));/gi, unescaped).replace(/\s+/g, " ").trim();
}

function unescaped(whole, number, hex, letter, mark, name) {
  const code = number ? Number(number) : parseInt(hex, 16);
  if (number || hex) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  return letter ? (letter + MARKS[mark.toLowerCase()]).normalize() : (ENTITIES[name] ?? whole);
}

const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;

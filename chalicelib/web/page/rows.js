// How one list of recommendations becomes rows. Pure: no state, no texts.

const ROW_LENGTH = 18;
const HERO_SPARES = 3; // come in when the large film is rated
const FOR_YOU_FIRST = 9; // the best stay in "for you", whatever they are because of
const OF_A_DECADE_MAX = FOR_YOU_FIRST / 3; // of these, as long as a single film is behind the list
const BECAUSE_MIN = 4;
const BECAUSE_ROWS = 3;
const GENRE_MIN = 5;
const GENRE_ROWS = 4;
const NEWEST_YEARS = 3; // as the API understands the newest films (catalog/top.py)

/** → [{ kind: "hero"|"for_you"|"because"|"more"|"top"|"newest"|"genre", about, films, reserve }], each film once. */
export function rowsOf(films) {
  const own = films.filter((film) => film.source !== "top");
  const top = films.filter((film) => film.source === "top");
  const [rows, rest] = own.length ? [ownRows(own), top] : heroAnd(top);
  return [...rows, ...topRows(rest)].filter((row) => row.films.length).map((row) => {
    const shown = row.kind === "hero" ? 1 : ROW_LENGTH;
    return { ...row, films: row.films.slice(0, shown), reserve: row.films.slice(shown) };
  });
}

/** The best film large, a few from the end of the list as its spares: nobody misses them in the rows. */
function heroAnd([hero, ...rest]) {
  if (!hero) return [[], []];
  const spares = rest.length > 2 * ROW_LENGTH ? HERO_SPARES : 0;
  return [[{ kind: "hero", films: [hero, ...rest.slice(rest.length - spares)] }], rest.slice(0, rest.length - spares)];
}

function ownRows(own) {
  const [hero, listed] = heroAnd(own);
  const rest = new Set(own.flatMap((film) => film.because ?? [])).size > 1 ? listed : ofManyDecades(listed);
  const [best, later] = [rest.slice(0, FOR_YOU_FIRST), rest.slice(FOR_YOU_FIRST)];
  const groups = groupsOf(later, (film) => film.because?.[0], BECAUSE_MIN, BECAUSE_ROWS);
  const taken = new Set(groups.flatMap(([, films]) => films));
  return [
    ...hero,
    { kind: "for_you", films: [...best, ...later.filter((film) => !taken.has(film))] },
    ...groups.map(([about, films]) => ({ kind: "because", about, films })),
  ];
}

/** Of one liked film a list knows little but its time: films of a decade beyond a third of the best come after the others. */
function ofManyDecades(films) {
  const counts = new Map();
  const [first, later] = [[], []];
  for (const film of films) {
    const decade = Math.floor((film.year ?? 0) / 10);
    counts.set(decade, (counts.get(decade) ?? 0) + 1);
    (counts.get(decade) <= OF_A_DECADE_MAX ? first : later).push(film);
  }
  return [...first, ...later];
}

function topRows(top) {
  const newest = newestOf(top);
  const others = top.filter((film) => !newest.includes(film));
  const [best, later] = [others.slice(0, ROW_LENGTH), others.slice(ROW_LENGTH)];
  const groups = groupsOf(later, (film) => film.genres?.[0], GENRE_MIN, GENRE_ROWS);
  const taken = new Set(groups.flatMap(([, films]) => films));
  return [
    { kind: "top", films: [...best, ...later.filter((film) => !taken.has(film))] },
    { kind: "newest", about: yearsOf(newest), films: newest },
    ...groups.map(([about, films]) => ({ kind: "genre", about, films })),
  ];
}

/** The films of the list's last years, where they are enough for a row and others remain. */
function newestOf(top) {
  const last = Math.max(...top.map((film) => film.year ?? 0));
  const newest = top.filter((film) => film.year > last - NEWEST_YEARS);
  return newest.length >= GENRE_MIN && newest.length < top.length / 2 ? newest : [];
}

function yearsOf(films) {
  const years = films.map((film) => film.year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  return first === last ? `${last}` : `${first}–${last}`;
}

/** The largest groups, larger first. */
function groupsOf(films, keyOf, smallest, count) {
  const groups = Map.groupBy(films.filter(keyOf), keyOf);
  return [...groups]
    .filter(([, members]) => members.length >= smallest)
    .sort(([, one], [, other]) => other.length - one.length)
    .slice(0, count);
}

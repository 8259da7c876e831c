// A taste in three sentences, each true by the catalogue: what is told was counted among the films picked.
import { countryText, genresText, ratingText, t } from "./words.js";

const MOST = 0.5; // from this share on a decade is named

/** Three sentences on at least two films; `details` are those of them that the catalogue has told more of. */
export function tasteSentences(films, details) {
  return [ofGenres(films), ofYears(films), ofPeople(films, details)].filter(Boolean);
}

/** [value, how many have it], most first; equals as they come. */
function counted(films, valuesOf) {
  const counts = new Map();
  for (const film of films) for (const value of new Set(valuesOf(film))) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

function ofGenres(films) {
  const n = films.length;
  const [first, second] = counted(films, (film) => film.genres ?? []);
  if (!first) return null;
  const values = { genre: genresText(first[0]), c: first[1], n };
  if (!second || second[1] < 2) return t("taste_genre", values);
  return t("taste_genres", { ...values, other: genresText(second[0]), d: second[1] });
}

function ofYears(films) {
  const years = films.map((film) => film.year).filter(Boolean);
  if (!years.length) return null;
  const [[decade, count]] = counted(films, (film) => (film.year ? [Math.floor(film.year / 10) * 10] : []));
  const values = { first: `${Math.min(...years)}`, last: `${Math.max(...years)}`, decade: `${decade}`, c: count, n: films.length };
  if (count > 1 && count / films.length >= MOST) return t("taste_decade", values);
  return t(values.first === values.last ? "taste_year" : "taste_years", values);
}

function ofPeople(films, details) {
  const n = details.length;
  const [person] = counted(details, (film) => [...(film.directors ?? []), ...(film.actors ?? [])]);
  if (person?.[1] > 1) return t("taste_person", { person: person[0], c: person[1], n });
  const [country] = counted(details, (film) => film.countries ?? []);
  if (country?.[1] > 1) return t("taste_country", { country: countryText(country[0]), c: country[1], n });
  const rated = films.filter((film) => film.imdb_rating);
  if (!rated.length) return null;
  return t("taste_rating", { rating: ratingText(rated.reduce((sum, film) => sum + film.imdb_rating, 0) / rated.length) });
}

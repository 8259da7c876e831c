// Every text, date and number in the viewer's language.
import { createStore } from "./state.js";
import { readStored, writeStored } from "./storage.js";
import { wordsRu } from "./words_ru.js";
import { wordsEn } from "./words_en.js";

const WORDS = { ru: wordsRu, en: wordsEn };

/** "ru" or "en": what the viewer chose, else the first of the browser's languages that is one of them, else Russian. */
export const language = createStore(
  readStored("language") ?? navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS) ?? "ru",
);

export function setLanguage(next) {
  if (!(next in WORDS)) return;
  writeStored("language", next);
  language.set(next);
  document.documentElement.lang = next;
}

/** Further texts, `{ ru, en }`, of a screen that brings its own. */
export function addWords(more) {
  for (const spoken of Object.keys(WORDS)) Object.assign(WORDS[spoken], more[spoken]);
}

/** The text of a key. `{name}` takes a value; a text with plural forms is chosen by `n`. */
export function t(key, values = {}) {
  let text = WORDS[language.get()][key] ?? key;
  if (typeof text === "object") {
    text = text[new Intl.PluralRules(language.get()).select(values.n)] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? numberText(value) : value;
  });
}

export function numberText(value, options) {
  return new Intl.NumberFormat(language.get(), options).format(value);
}

export function ratingText(rating) {
  return numberText(rating, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

export function votesText(votes) {
  return numberText(votes, { notation: "compact", maximumFractionDigits: 1 });
}

export function dayText(moment) {
  const thisYear = new Date(moment).getFullYear() === new Date().getFullYear();
  const options = { day: "numeric", month: "long", ...(thisYear ? {} : { year: "numeric" }) };
  return new Intl.DateTimeFormat(language.get(), options).format(new Date(moment));
}

export function timeText(moment) {
  return new Intl.DateTimeFormat(language.get(), { hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

/** "2 h 16 min", without hours below one. */
export function lengthText(runtimeMinutes) {
  const values = { hours: Math.floor(runtimeMinutes / 60), minutes: runtimeMinutes % 60 };
  return values.hours ? t("length_hours", values) : t("length_minutes", values);
}

/** A country as the catalogue spells it, in the viewer's language where we know it. */
export function countryText(country) {
  return WORDS[language.get()].country_names[country] ?? country;
}

/** An award likewise. */
export function awardText(award) {
  return WORDS[language.get()].award_names[award] ?? award;
}

/** Films of a genre, as in "the best westerns". */
export function genresText(genre) {
  return WORDS[language.get()].genres_many[genre.toLowerCase()] ?? t("genre_films", { genre });
}

/** A genre as the catalogue spells it, in the viewer's language where we know it. */
export function genreText(genre) {
  const known = WORDS[language.get()].genres[genre.toLowerCase()];
  return known ?? genre;
}

// What of the home page is looked at: a genre, years, an age. It stays where it is while the list is read anew.
import { html } from "./vendor/preact.js";
import { chooseAge } from "./account.js";
import { ageLimit } from "./family.js";
import { homeFilters } from "./home_list.js";
import { GENRES } from "./search.js";
import { useStore } from "./state.js";
import { genreText, t } from "./words.js";

const FIRST_DECADE = 1960;
const AGES = [0, 6, 12, 16];

export function HomeFilters() {
  const now = useStore(homeFilters);
  const limit = useStore(ageLimit);
  const genres = GENRES.map((genre) => [genre, genreText(genre)]).sort(([, one], [, other]) => one.localeCompare(other));
  const years = `${now.year_from ?? ""}-${now.year_to ?? ""}`;
  const chooseYears = (chosen) => {
    const [from, to] = chosen.split("-");
    homeFilters.set({ ...now, year_from: from || undefined, year_to: to || undefined });
  };
  return html`<div class="home-filters" role="group" aria-label=${t("filters")}>
    <${Pill} id="home-genre" label=${t("genre")} value=${now.genre ?? ""} onChange=${(genre) => homeFilters.set({ ...now, genre: genre || undefined })} options=${[["", t("any_genre")], ...genres]} />
    <${Pill} id="home-years" label=${t("years")} value=${years} onChange=${chooseYears} options=${[["-", t("any_years")], ...decades()]} />
    <${Pill} id="home-age" label=${t("age")} value=${limit ?? ""} onChange=${(age) => chooseAge(() => (age === "" ? null : Number(age)))} options=${[["", t("any_age")], ...agesWith(limit).map((age) => [`${age}`, t("age_up_to", { n: age })])]} />
  </div>`;
}

function Pill({ id, label, value, options, onChange }) {
  return html`<label class="sr-only" for=${id}>${label}</label>
    <select id=${id} class=${value === options[0][0] ? "" : "is-chosen"} value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === `${value}`}>${text}</option>`)}
    </select>`;
}

/** Newest first; what is older than the first of them in one. */
function decades() {
  const last = Math.floor(new Date().getFullYear() / 10) * 10;
  const all = [];
  for (let decade = last; decade >= FIRST_DECADE; decade -= 10) all.push([`${decade}-${decade + 9}`, t("decade", { decade: `${decade}` })]);
  return [...all, [`-${FIRST_DECADE - 1}`, t("years_before", { year: `${FIRST_DECADE}` })]];
}

const agesWith = (limit) => (limit === null || AGES.includes(limit) ? AGES : [...AGES, limit]);

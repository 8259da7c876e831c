// Questions answered by one press: what one is in the mood for, how much time there is, who watches. Each is a wish or two.
import { html } from "./vendor/preact.js";
import { t } from "./words.js";

const NUMBERS = new Set(["year_from", "year_to", "max_minutes", "age_limit"]);
// Wishes as they stand in the address: kind:value, parted by semicolons.
const QUESTIONS = {
  mood: { laugh: "genre:Comedy", love: "genre:Romance", tense: "genre:Thriller, Mystery", fright: "genre:Horror", wonder: "genre:Sci-Fi, Fantasy" },
  time: { short: "max_minutes:90", evening: "max_minutes:120" },
  company: { alone: "genre:Drama, Mystery, Thriller;not_genre:Children", together: "genre:Comedy, Romance;not_genre:Horror", children: "genre:Children, Animation;age_limit:6" },
};

export function Moods() {
  return html`<div class="moods">
    ${Object.entries(QUESTIONS).map(
      ([question, answers]) => html`<div key=${question} class="mood" role="group" aria-labelledby=${`mood-${question}`}>
        <span id=${`mood-${question}`}>${t(`mood_${question}`)}</span>
        ${Object.entries(answers).map(([name, wishes]) => html`<a key=${name} class="chip" href=${`#/ask?${new URLSearchParams({ wishes })}`}>${t(`mood_${question}_${name}`)}</a>`)}
        ${question === "company" && html`<a class="chip" href="#/evening">${t("evening")}</a>`}
      </div>`,
    )}
  </div>`;
}

/** What an address wishes, as the API takes it; parts that make no sense are left out. */
export function wishesIn(text) {
  return text.split(";").flatMap((part) => {
    const [kind, value] = [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1).trim()];
    if (!/^[a-z_]+$/.test(kind) || !value) return [];
    return [{ kind, value: NUMBERS.has(kind) ? Number(value) : value }];
  });
}

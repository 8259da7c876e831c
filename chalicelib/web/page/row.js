// A row of films that scrolls sideways: by touch, wheel, buttons, and the arrow keys.
import { html, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { Icon } from "./icons.js";
import { turnsOf } from "./poster.js";
import { unrated } from "./rate.js";
import { Slot } from "./slot.js";
import { steady, useStore } from "./state.js";
import { language, t } from "./words.js";

/** `films` are shown, `reserve` come in for those that leave. A new `version` replaces what the row holds. */
export const Row = steady(function FilmRow({ id, title, films, reserve, version, isFirst = false }) {
  useStore(language);
  const take = () => {
    const open = unrated([...films, ...reserve]);
    return { version, places: open.slice(0, films.length), reserve: open.slice(films.length) };
  };
  const [held, setHeld] = useState(take);
  const [active, setActive] = useState(0);
  const list = useRef(null);
  const known = useRef(new Map());
  if (held.version !== version) Object.assign(held, take());

  useLayoutEffect(() => list.current?.scrollTo({ left: 0, behavior: "instant" }), [version]);

  const gone = (index) =>
    setHeld(({ places, reserve: rest, version: same }) => {
      const [next, ...later] = rest;
      const changedPlaces = next ? places.with(index, next) : places.toSpliced(index, 1);
      return { version: same, places: changedPlaces, reserve: later };
    });

  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = active + step;
    if (!step || next < 0 || next >= held.places.length) return;
    event.preventDefault();
    const place = list.current.children[next];
    const same = event.target.dataset.action ? `[data-action="${event.target.dataset.action}"]` : "a, .undo";
    (place.querySelector(same) ?? place.querySelector("a, .undo")).focus();
    place.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const page = (direction) => list.current.scrollBy({ left: direction * list.current.clientWidth * 0.85 });
  if (!held.places.length) return null;
  const turns = turnsOf(held.places, known.current);
  return html`<section class="row" aria-labelledby=${id}>
    <div class="row-head">
      <h2 id=${id}>${title}</h2>
      <div class="row-buttons">
        <button class="icon-button" tabindex="-1" aria-label=${t("scroll_back", { row: title })} onClick=${() => page(-1)}><${Icon} name="back" /></button>
        <button class="icon-button" tabindex="-1" aria-label=${t("scroll_on", { row: title })} onClick=${() => page(1)}><${Icon} name="on" /></button>
      </div>
    </div>
    <p class="sr-only" id=${`${id}-hint`}>${t("row_hint")}</p>
    <ul class="row-films" ref=${list} aria-describedby=${`${id}-hint`} onKeyDown=${onKeyDown}>
      ${held.places.map(
        (film, index) => html`<${Slot}
          key=${index}
          film=${film}
          turn=${turns[index]}
          isEager=${isFirst && index < 6}
          tabIndex=${index === Math.min(active, held.places.length - 1) ? 0 : -1}
          onActive=${() => setActive(index)}
          onGone=${() => gone(index)}
        />`,
      )}
    </ul>
  </section>`;
});

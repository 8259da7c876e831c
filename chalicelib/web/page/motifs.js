// What is drawn on a poster, by genre: a few plain shapes, after the film posters of the 1920s.
// Each motif fills a field of 200 × 220; `chance()` gives the same numbers for the same film, so a film keeps its poster.
import { h } from "./vendor/preact.js";
import { bar, disc, line, many, rays, ring, shape, span, star, turned } from "./shapes.js";

/** A genre's first motif; most genres have more (motifs_more.js). */
export const MOTIFS = {
  drama(chance) {
    const y = span(chance, 88, 112);
    return turned(span(chance, -18, 18), 100, y, shape(`M100 ${y - 74}a74 74 0 0 0 0 148z`, "b"), shape(`M100 ${y - 54}a60 60 0 0 1 0 120z`, "a"), disc(70, y - 16, 9, "paper"), disc(128, y + 2, 7, "paper"), bar(98, -40, 4, 330, "ink"));
  },
  comedy(chance) {
    const tilt = span(chance, -16, 16);
    return turned(tilt, 100, 105, disc(100, 105, 74, "a"), disc(74, 86, 10, "ink"), disc(128, 86, 10, "ink"), shape("M52 112h96a48 48 0 0 1-96 0z", "ink"), shape("M78 140a34 34 0 0 1 44 0a48 48 0 0 1-44 0z", "b"), many(6, (index) => bar(8 + index * 34, -36, 17, 58, index % 2 ? "b" : "ink")));
  },
  action(chance) {
    const x = span(chance, 60, 140);
    const y = span(chance, 90, 120);
    return [rays(x, y, 14, 260, 0.5, "b"), disc(x, y, 46, "ink"), turned(span(chance, -40, -24), x, y, bar(x - 150, y - 9, 300, 18, "a"), shape(`M${x + 60} ${y - 26}l56 26-56 26z`, "a"))];
  },
  thriller(chance) {
    const y = span(chance, 92, 116);
    return [many(7, (index) => bar(0, 10 + index * 32, 200, 5, "b")), shape(`M14 ${y}Q100 ${y - 84} 186 ${y}Q100 ${y + 84} 14 ${y}z`, "ink"), disc(100, y, 36, "a"), disc(100, y, 16, "paper"), turned(span(chance, 14, 34), 100, y, bar(97, -60, 6, 340, "a"))];
  },
  horror(chance) {
    const x = span(chance, 80, 124);
    const teeth = many(8, (index) => `L${index * 28 + 2} ${index % 2 ? 214 : 158}`).join("");
    return [disc(x, 88, 66, "a"), disc(x + 24, 76, 54, "paper"), shape(`M-10 230L-10 170${teeth}L214 230z`, "ink"), shape("M-4 -4h70L20 70zM204 -4h-54l34 52z", "b"), disc(x - 26, 98, 5, "ink"), disc(x - 44, 112, 3, "ink")];
  },
  "sci-fi"(chance) {
    const tilt = span(chance, -30, -12);
    return [many(16, () => disc(chance() * 200, chance() * 220, 0.8 + chance() * 1.6, "ink")), disc(104, 112, 54, "a"), shape("M50 112a54 54 0 0 1 108 0z", "b"), turned(tilt, 104, 112, h("ellipse", { cx: 104, cy: 112, rx: 92, ry: 20, class: "line-ink", "stroke-width": 6 })), disc(span(chance, 24, 60), span(chance, 24, 48), 13, "ink"), shape("M150 20l26 54-26-10-26 10z", "ink")];
  },
  fantasy(chance) {
    const x = span(chance, 82, 118);
    return [disc(x, 70, 50, "a"), rays(x, 70, 24, 130, 0.16, "b"), shape("M-10 220L56 96l44 60 40-84 70 148z", "ink"), shape("M56 96l44 60-30 14-12-10-14 16zM140 72l28 60-20-6-16 16-14-14z", "paper"), star(x, 70, 20, "paper")];
  },
  romance(chance) {
    const y = span(chance, 94, 114);
    return turned(span(chance, -12, 12), 100, y, disc(70, y, 56, "a"), disc(132, y, 56, "b"), shape(`M101 ${y - 47}a56 56 0 0 1 0 94a56 56 0 0 1 0-94z`, "ink"), line(`M-20 ${y + 82}q30-26 60 0t60 0t60 0t60 0`, 6, "a"));
  },
  crime(chance) {
    const x = span(chance, 84, 120);
    return [many(9, (index) => bar(0, index * 25, 200, 11, "b")), disc(x, 76, 34, "ink"), shape(`M${x - 54} 62h108v10h-108zM${x - 34} 62q6-42 34-36q28-6 34 36z`, "ink"), shape(`M${x - 74} 230q4-112 74-112t74 112z`, "ink"), shape(`M${x - 14} 118l14 74 14-74z`, "paper"), shape(`M${x - 4} 122h8l5 50-9 12-9-12z`, "a")];
  },
  mystery(chance) {
    const y = span(chance, 84, 104);
    return [rays(100, y, 20, 240, 0.5, "b"), disc(100, y, 62, "a"), disc(100, y - 14, 24, "paper"), shape(`M88 ${y - 6}h24l14 58h-52z`, "paper"), ring(100, y, 74, 4, "ink")];
  },
  adventure(chance) {
    const x = span(chance, 48, 150);
    return [rays(x, 84, 18, 240, 0.5, "b"), disc(x, 84, 40, "a"), shape("M-10 230L60 110l34 46 46-86 74 160z", "ink"), shape("M140 70l22 48-16-6-12 14-14-18z", "paper"), line("M-6 206q34-20 66 0t66 0t84-4", 5, "a")];
  },
  animation(chance) {
    const at = () => span(chance, 0, 16);
    return [disc(60 + at(), 70 + at(), 48, "a"), turned(span(chance, 8, 40), 132, 130, bar(94, 94, 74, 74, "b")), shape(`M${40 + at()} 212l42-84 42 84z`, "ink"), disc(150, 52, 17, "ink"), disc(60, 70, 7, "ink"), disc(84, 70, 7, "ink"), line("M58 88q14 14 28 0", 5, "ink")];
  },
  war(chance) {
    const rise = span(chance, -8, 8);
    return [many(5, (index) => shape(`M-10 ${70 + index * 40 + rise}L100 ${20 + index * 40 + rise}L210 ${70 + index * 40 + rise}v18L100 ${38 + index * 40 + rise}L-10 ${88 + index * 40 + rise}z`, index % 2 ? "b" : "ink")), star(100, 104 + rise, 52, "a")];
  },
  western(chance) {
    const x = span(chance, 60, 110);
    return [disc(x + 20, 116, 62, "a"), many(4, (index) => bar(0, 132 + index * 16, 200, 7 - index, "paper")), shape("M-10 176h220v60h-220z", "ink"), shape("M148 186v-88a9 9 0 0 1 18 0v30h10v-16a7 7 0 0 1 14 0v22a10 10 0 0 1-10 10h-14v42zM148 160h-16a10 10 0 0 1-10-10v-18a7 7 0 0 1 14 0v12h12z", "ink"), shape("M-10 150h50l18 26h-68z", "b")];
  },
  music(chance) {
    const heights = many(9, () => span(chance, 40, 150));
    return [heights.map((height, index) => bar(8 + index * 21, 110 - height / 2, 11, height, index % 3 === 1 ? "a" : "b")), ring(104, 112, 58, 20, "ink"), disc(104, 112, 16, "a"), line("M150 26v96", 7, "ink")];
  },
  documentary(chance) {
    const turn = span(chance, 0, 60);
    const blade = (index) => turned(turn + index * 60, 100, 108, shape("M100 108m-12-66l74 8-44 56z", index % 2 ? "b" : "ink"));
    return [disc(100, 108, 82, "a"), disc(100, 108, 70, "paper"), many(6, blade), disc(100, 108, 20, "a")];
  },
  other(chance) {
    const x = span(chance, 86, 114);
    const hole = (index) => disc(x + 40 * Math.cos((index * Math.PI * 2) / 5), 104 + 40 * Math.sin((index * Math.PI * 2) / 5), 15, "paper");
    return [turned(span(chance, -26, 26), x, 104, disc(x, 104, 74, "a"), many(5, hole), disc(x, 104, 8, "paper"), bar(x, 164, 140, 14, "a")), many(7, (index) => bar(8 + index * 28, 204, 14, 10, "ink"))];
  },
};

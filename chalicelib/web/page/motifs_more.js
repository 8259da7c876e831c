// The genres that most films have get more than one drawing, so that a row of dramas is not a row of one poster.
import { bar, disc, line, many, ring, shape, span, star, turned } from "./shapes.js";
import { MOTIFS } from "./motifs.js";

const MORE_MOTIFS = {
  drama: [
    // Two faces, one turned away.
    (chance) => {
      const shift = span(chance, -10, 10);
      return [bar(0, 0, 100 + shift, 230, "b"), shape(`M${100 + shift} 20q-64 14-60 74q-14 20-22 30q10 8 18 8q2 46 64 62z`, "paper"), shape(`M${100 + shift} 48q52 12 50 62q12 18 20 26q-8 8-16 8q-4 40-54 56z`, "a"), disc(66 + shift, 92, 6, "ink"), disc(128 + shift, 112, 6, "paper")];
    },
    // A door left open.
    (chance) => {
      const lean = span(chance, 20, 46);
      return [bar(0, 0, 200, 230, "ink"), shape(`M62 40h76v190h-76z`, "paper"), shape(`M62 40l${lean} 16v190l-${lean}-8z`, "a"), disc(62 + lean - 8, 136, 4, "paper"), shape(`M62 218h76l50 60h-176z`, "b"), disc(116, 110, 9, "ink"), shape("M104 124h24l6 62h-36z", "ink")];
    },
    // Windows of a house at night.
    (chance) => [bar(24, 22, 152, 220, "b"), many(12, (place) => bar(42 + (place % 3) * 42, 42 + Math.floor(place / 3) * 46, 30, 32, chance() < 0.25 ? "a" : chance() < 0.5 ? "paper" : "ink"))],
  ],
  comedy: [
    // A bowler hat, a moustache and a cane.
    (chance) => turned(span(chance, -12, 12), 100, 110, shape("M40 92h120v12h-120zM58 92q0-62 42-62t42 62z", "ink"), shape("M66 140q18-20 34-4q16-16 34 4q-12 14-34 4q-22 10-34-4z", "ink"), bar(56, 78, 88, 10, "b"), line("M166 60v150", 8, "b"), line("M166 62q0-22-18-22t-16 18", 8, "b")),
    // A slipped banana of stripes.
    (chance) => [many(9, (place) => turned(span(chance, -3, 3), 100, 100, bar(0, place * 25, 200, 12, "a"))), shape("M34 60q20 118 136 112q-14 34-64 30q-84-8-92-118z", "b"), disc(152, 56, 22, "ink")],
  ],
  crime: [
    // A fingerprint.
    (chance) => turned(span(chance, -30, 30), 100, 106, disc(100, 106, 84, "b"), many(6, (place) => ring(100 + place * 2, 106 + place * 4, 12 + place * 12, 5, place === 3 ? "a" : "ink"))),
    // A street between houses, a lamp.
    (chance) => [shape("M-10 -10h76v240h-76zM140 -10h80v240h-80z", "ink"), shape("M66 230L96 90h12L140 230z", "b"), disc(102, 62, 20, "a"), many(5, (place) => bar(12 + (place % 2) * 26, 22 + place * 34, 14, 18, chance() < 0.5 ? "a" : "paper")), disc(104, 150, 7, "ink"), shape("M96 160h16l3 44h-22z", "ink")],
  ],
  thriller: [
    // Stairs that never end.
    (chance) => [many(8, (place) => turned(place * span(chance, 7, 9), 100, 110, bar(14 + place * 11, 24 + place * 11, 172 - place * 22, 172 - place * 22, place % 2 ? "paper" : place === 4 ? "a" : "b"))), disc(100, 110, 7, "a")],
  ],
  "sci-fi": [
    // A rocket and its trail.
    (chance) => turned(span(chance, 14, 44), 100, 110, many(14, () => disc(chance() * 200, chance() * 220, 1 + chance() * 1.4, "ink")), shape("M100 10q34 40 30 110h-60q-4-70 30-110z", "ink"), disc(100, 74, 13, "a"), shape("M70 96l-26 46 26-8zM130 96l26 46-26-8z", "a"), shape("M78 122h44l-22 110z", "b")),
    // A city of towers under two moons.
    (chance) => [disc(span(chance, 40, 80), 60, 30, "a"), disc(144, 40, 13, "ink"), many(7, (place) => bar(place * 30 - 4, 110 + chance() * 60, 24, 140, place % 2 ? "b" : "ink")), shape("M84 230L100 56l16 174z", "a")],
  ],
  romance: [
    // Two under one umbrella.
    (chance) => [many(14, (place) => line(`M${place * 18 - 30} -10l60 240`, 2, "b")), shape("M20 110a80 80 0 0 1 160 0z", "a"), line(`M100 106v${span(chance, 90, 104)}`, 5, "ink"), disc(80, 136, 13, "ink"), disc(120, 136, 13, "ink"), shape("M60 230q0-74 20-74t20 74zM100 230q0-74 20-74t20 74z", "ink")],
    // A heart cut by an arrow of light.
    (chance) => turned(span(chance, -16, 10), 100, 106, shape("M100 190L28 112a42 42 0 0 1 72-46a42 42 0 0 1 72 46z", "a"), shape("M100 190L28 112a42 42 0 0 1 72-46z", "ink"), line("M-10 150L214 60", 6, "b")),
  ],
  war: [
    // Searchlights and a plane.
    (chance) => [shape("M40 230L-30 -10h70zM150 230L120 -10h100z", "b"), shape("M96 230L70 -10h44z", "a"), turned(span(chance, -26, 16), 100, 80, shape("M100 44l9 26 62 14v10l-62 2-5 26 14 8v6h-36v-6l14-8-5-26-62-2v-10l62-14z", "ink"))],
    // A helmet.
    (chance) => turned(span(chance, -10, 10), 100, 110, disc(100, 108, 84, "b"), shape("M34 124q0-76 66-76t66 76z", "ink"), shape("M22 122h156v14h-156z", "ink"), shape("M60 136q40 96 80 0z", "a"), star(100, 94, 22, "paper")),
  ],
  animation: [
    // A kite.
    (chance) => turned(span(chance, -18, 18), 100, 90, disc(40, 54, 26, "a"), shape("M110 16L166 88L110 168L54 88z", "b"), shape("M110 16L166 88L110 88zM54 88h56v80z", "a"), line("M110 168q-34 22-6 40t-14 40", 4, "ink")),
    // A whale in the sky.
    (chance) => [disc(160, 44, 24, "a"), shape("M12 120q0-60 82-60t92 62l22-26v62l-22-18q-18 44-92 44t-82-64z", "ink"), shape("M16 134q40 34 120 26q-26 24-62 24q-52-4-58-50z", "a"), disc(52, 108, 6, "a"), line(`M84 56q-${span(chance, 6, 20)}-30-26-36M84 56q6-32 28-34`, 6, "b")],
  ],
  action: [
    // Arrows that all go one way.
    (chance) => turned(span(chance, -34, -10), 100, 110, many(5, (place) => shape(`M${place * 48 - 50} -30l64 140-64 140h34l64-140-64-140z`, place % 2 ? "b" : place === 2 ? "a" : "ink"))),
    // A broken ring.
    (chance) => turned(span(chance, -40, 40), 100, 110, ring(100, 110, 70, 26, "ink"), shape("M120 10l-34 86h30l-40 120 92-136h-38l34-70z", "a")),
  ],
  adventure: [
    // A sail.
    (chance) => [disc(span(chance, 40, 160), 60, 28, "b"), shape("M104 16v138h-76q52-54 76-138z", "a"), shape("M112 40q44 52 62 114h-62z", "ink"), shape("M18 166h164l-26 34h-112z", "ink"), line("M-10 206q26-16 52 0t52 0t52 0t70-4", 6, "a")],
    // A compass.
    (chance) => turned(span(chance, 0, 90), 100, 108, disc(100, 108, 82, "b"), ring(100, 108, 72, 6, "ink"), shape("M100 40l18 68-18 68-18-68z", "a"), shape("M100 40l18 68h-36z", "ink"), disc(100, 108, 7, "paper")),
  ],
  horror: [
    // A hand from below.
    (chance) => [disc(span(chance, 60, 140), 70, 46, "a"), shape("M62 230v-70l-20-44 12-6 22 34v-76h14v70h8v-86h14v86h8v-72h14v92l18-30 12 8-26 54v40z", "ink")],
  ],
  mystery: [
    // A candle in a window.
    (chance) => [bar(36, 20, 128, 220, "b"), shape("M100 30q34 46 0 74q-34-28 0-74z", "a"), shape(`M100 62q${span(chance, 12, 18)} 22 0 38q-16-16 0-38z`, "paper"), bar(84, 110, 32, 120, "ink"), bar(96, 20, 8, 18, "ink")],
  ],
  fantasy: [
    // A tower and a crescent.
    (chance) => [disc(140, 60, 40, "a"), disc(span(chance, 152, 160), 54, 34, "paper"), shape("M52 230v-120h-10l32-56 32 56h-10v120z", "ink"), shape("M96 230v-70h-6l22-36 22 36h-6v70z", "b"), bar(68, 124, 12, 22, "a"), star(40, 44, 9, "ink"), star(176, 130, 6, "ink")],
  ],
};

/** Which of a genre's drawings it is: 0 is the first. */
export const choiceOf = (genre, chance) => Math.floor(chance() * ((MORE_MOTIFS[genre]?.length ?? 0) + 1));

/** The drawing of a film of that genre. */
export function drawn(genre, chance) {
  return (MORE_MOTIFS[genre]?.[choiceOf(genre, chance) - 1] ?? MOTIFS[genre])(chance);
}

// The plain shapes that posters are made of. An ink is one of a genre's four colours: paper, ink, a, b (card.css).
import { h } from "./vendor/preact.js";

export const disc = (x, y, radius, ink) => h("circle", { cx: x, cy: y, r: radius, class: ink });
export const ring = (x, y, radius, width, ink) => h("circle", { cx: x, cy: y, r: radius, class: `line-${ink}`, "stroke-width": width });
export const shape = (d, ink) => h("path", { d, class: ink });
export const line = (d, width, ink) => h("path", { d, class: `line-${ink}`, "stroke-width": width });
export const bar = (x, y, width, height, ink) => h("rect", { x, y, width, height, class: ink });
export const turned = (degrees, x, y, ...children) => h("g", { transform: `rotate(${degrees} ${x} ${y})` }, ...children);
export const span = (chance, from, to) => from + chance() * (to - from);
export const many = (count, draw) => Array.from({ length: count }, (_, index) => draw(index));

/** Wedges around a point. */
export function rays(x, y, count, reach, share, ink) {
  const step = (2 * Math.PI) / count;
  const at = (angle) => `${(x + reach * Math.cos(angle)).toFixed(1)} ${(y + reach * Math.sin(angle)).toFixed(1)}`;
  return many(count, (index) => shape(`M${x} ${y}L${at(index * step)}L${at(index * step + step * share)}Z`, ink));
}

export function star(x, y, radius, ink) {
  const at = (index) => {
    const angle = -Math.PI / 2 + (index * Math.PI) / 5;
    const reach = index % 2 ? radius * 0.42 : radius;
    return `${(x + reach * Math.cos(angle)).toFixed(1)} ${(y + reach * Math.sin(angle)).toFixed(1)}`;
  };
  return shape(`M${many(10, at).join("L")}Z`, ink);
}

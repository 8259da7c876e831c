// A QR code (ISO/IEC 18004) of up to 180 bytes: byte mode, error correction M, versions 1 to 9. Rows of dark and light.
const BLOCKS = [[10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]]];
const ALIGNED = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46]];
const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => ((y >> 1) + Math.floor(x / 3)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];
const FORMAT_OF_M = 0;
const EXP = [];
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP.push(value);
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (one, other) => (one && other ? EXP[(EXP.indexOf(one) + EXP.indexOf(other)) % 255] : 0);

/** Null where the text is too long; `mask` (0 to 7) is chosen unless given. */
export function qrOf(text, mask = null) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = BLOCKS.findIndex(([, blocks]) => bytes.length + 2 <= sum(blocks)) + 1;
  if (!version) return null;
  const bits = drawnBits(codewords(bytes, version));
  const tried = mask === null ? MASKS.map((_, number) => number) : [mask];
  const codes = tried.map((number) => placed(bits, version, number));
  return codes.reduce((best, code) => (unrest(code) < unrest(best) ? code : best));
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
const drawnBits = (words) => words.flatMap((word) => bitsOf(word, 8));
const bitsOf = (value, length) => Array.from({ length }, (_, place) => (value >> (length - 1 - place)) & 1);

function codewords(bytes, version) {
  const [corrections, blocks] = BLOCKS[version - 1];
  const nibbles = [4, bytes.length >> 4, bytes.length & 15, ...bytes.flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const words = [];
  for (let place = 0; place < nibbles.length; place += 2) words.push((nibbles[place] << 4) | nibbles[place + 1]);
  for (let pad = 0xec; words.length < sum(blocks); pad ^= 0xfd) words.push(pad);
  const parts = blocks.map((size) => words.splice(0, size));
  const checks = parts.map((part) => remainder(part, corrections));
  return [...interleaved(parts), ...interleaved(checks)];
}

function interleaved(parts) {
  const longest = Math.max(...parts.map((part) => part.length));
  return Array.from({ length: longest }, (_, place) => parts.flatMap((part) => (place < part.length ? [part[place]] : []))).flat();
}

function remainder(part, corrections) {
  let generator = [1];
  for (let power = 0; power < corrections; power += 1) {
    const next = [...generator, 0];
    generator.forEach((factor, place) => (next[place + 1] ^= times(factor, EXP[power])));
    generator = next;
  }
  const left = [...part, ...Array(corrections).fill(0)];
  part.forEach((_, place) => {
    const factor = left[place];
    if (factor) generator.forEach((one, step) => (left[place + step] ^= times(one, factor)));
  });
  return left.slice(part.length);
}

/** The number with its check bits behind it (BCH). */
function checked(value, divisor, length) {
  let rest = value << length;
  for (let bit = 31 - Math.clz32(rest); rest >> length; bit = 31 - Math.clz32(rest)) rest ^= divisor << (bit - length);
  return (value << length) | rest;
}

function placed(bits, version, mask) {
  const size = 17 + 4 * version;
  const code = Array.from({ length: size }, () => Array(size).fill(null));
  const set = (x, y, dark) => y >= 0 && x >= 0 && y < size && x < size && (code[y][x] = Boolean(dark));
  for (let place = 0; place < size; place += 1) {
    set(6, place, place % 2 === 0);
    set(place, 6, place % 2 === 0);
  }
  const square = (x, y, reach, isDark) => {
    for (let dy = -reach; dy <= reach; dy += 1) for (let dx = -reach; dx <= reach; dx += 1) set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const at = ALIGNED[version - 1];
  for (const x of at) for (const y of at) if (code[y][x] === null || (x !== y && (x === 6 || y === 6) && x + y < size - 1)) square(x, y, 2, (ring) => ring !== 1);
  const format = bitsOf(checked((FORMAT_OF_M << 3) | mask, 0x537, 10) ^ 0x5412, 15);
  format.forEach((bit, place) => {
    set(8, place < 7 ? size - 1 - place : place < 9 ? 15 - place : 14 - place, bit);
    set(place < 6 ? place : place < 7 ? 7 : place < 8 ? size - 8 : size - 15 + place, 8, bit);
  });
  set(8, size - 8, true);
  if (version > 6) {
    bitsOf(checked(version, 0x1f25, 12), 18).reverse().forEach((bit, place) => {
      set(size - 11 + (place % 3), Math.floor(place / 3), bit);
      set(Math.floor(place / 3), size - 11 + (place % 3), bit);
    });
  }
  let next = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (code[y][x] === null) set(x, y, (bits[next++] ?? 0) ^ (MASKS[mask](x, y) === 0));
    }
  }
  return code;
}

/** What makes a code hard to read: long runs, squares of one colour, too much of one. */
function unrest(code) {
  const columns = code[0].map((_, x) => code.map((row) => row[x]));
  const runs = [...code, ...columns].map((line) => line.map(Number).join("").match(/0{5,}|1{5,}/g) ?? []).flat();
  let squares = 0;
  code.slice(1).forEach((row, y) => row.slice(1).forEach((dark, x) => (squares += dark === row[x] && dark === code[y][x] && dark === code[y][x + 1])));
  const share = sum(code.flat().map(Number)) / code.length ** 2;
  return sum(runs.map((run) => run.length - 2)) + 3 * squares + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}

// Words that a mistyped one may have been meant to be.

const OFFERED = 3;
const SHORT = 4; // letters from which on one may be wrong,
const LONG = 8; // and two

/**
 * The most frequent of those that differ in a letter or two.
 * @param {string} text
 * @param {Iterable<Map<string, Uint32Array>>} maps terms, behind `sign`
 * @param {string} [sign]
 * @returns {[string, number][]}
 */
export function near(text, maps, sign = "") {
  const most = text.length >= LONG ? 2 : text.length >= SHORT ? 1 : 0;
  const found = /** @type {[string, number][]} */ ([]);
  if (most) for (const map of maps) for (const [written, { length }] of map) {
    const term = written.slice(sign.length);
    if (!written.startsWith(sign) || Math.abs(term.length - text.length) > most || /^[#@~!]|-/.test(term)) continue;
    if (distance(term, text, most) <= most) found.push([term, length]);
  }
  return found.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, OFFERED);
}

/**
 * How many letters must change, come, go, or change places with their neighbour; given up above `most`.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
export function distance(a, b, most) {
  let before = /** @type {number[]} */ ([]);
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let least = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2] + 1);
      row.push(least);
    }
    if (Math.min(...row) > most) return most + 1;
    [before, above] = [above, row];
  }
  return above[b.length];
}

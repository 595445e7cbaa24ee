// What words score at the places of the index, and recordings as a whole. Scores are compared in millionths.

/** @typedef {import("./catalogue.js").Index} Index */
/** @typedef {{exact: Uint32Array, rest: Uint32Array[], maps: Map<string, Uint32Array>[], wide: boolean, loose: boolean}} Found `wide`: of longer ones only those in titles; `loose`: and some that begin in another way */

const MILLION = 1e6;

/**
 * What a word scores at each place; nothing where a piece or a pair of it is missing.
 * @param {Found[]} found of each piece and pair
 * @param {number} places
 * @param {number[]} weights of a posting, by its bits; those of a recording's own place follow
 * @param {Uint8Array} [head] 1 at the places that are a recording's own
 */
export function scored(found, places, weights, head = new Uint8Array(places)) {
  let total = new Float64Array();
  const touched = new Uint32Array(places);
  for (const [at, { exact, rest }] of found.entries()) {
    const one = new Float64Array(places);
    let count = 0;
    for (const [factor, list] of /** @type {[number, Uint32Array][]} */ ([...rest.map((each) => [0.5, each]), [1, exact]])) {
      for (let next = 0; next < list.length; next += 1) {
        const posting = list[next];
        const place = posting >>> 2;
        const value = place < places ? factor * weights[head[place] * 4 + (posting & 3)] : 0;
        if (value > one[place]) {
          if (!one[place]) touched[count++] = place;
          one[place] = value;
        }
      }
    }
    const rarity = Math.log(1 + places / (count || 1));
    for (let next = 0; next < count; next += 1) {
      const place = touched[next];
      one[place] = !at ? rarity * one[place] : total[place] ? total[place] + rarity * one[place] : 0;
    }
    total = one;
  }
  return total;
}

/**
 * What a recording scores, or -1 where a word is missing.
 * @param {Float64Array[]} scores of each word
 * @param {number} head
 * @param {number} last
 */
export function scoreOf(scores, head, last) {
  let total = 0;
  for (const word of scores) {
    let best = 0;
    for (let place = head + 1; place <= last; place += 1) if (word[place] > best) best = word[place];
    if (!best && !word[head]) return -1;
    total += best + word[head];
  }
  let together = false;
  for (let place = head + 1; place <= last && !together; place += 1) together = scores.length > 0 && scores.every((word) => word[place]);
  return rounded(together ? total * 1.5 : total);
}

/** @param {number} score */
export function rounded(score) {
  return Math.floor(score * MILLION + 0.5);
}

/**
 * Places of a recording's parts that have words, the best first.
 * @param {{scores: Float64Array[]}} ranking
 * @param {Index} index
 * @param {number} number
 */
export function partsOf({ scores }, { first, counts }, number) {
  const found = [];
  for (let place = first[number] + 1; place <= first[number] + counts[number]; place += 1) {
    const words = scores.filter((word) => word[place]).length;
    if (words) found.push({ place, words, sum: rounded(scores.reduce((sum, word) => sum + word[place], 0)) });
  }
  return found.sort((a, b) => b.words - a.words || b.sum - a.sum || a.place - b.place).map(({ place }) => place);
}

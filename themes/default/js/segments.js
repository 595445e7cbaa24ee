// A large recording in segments: where its pauses are, and when something is printed near a moment. The player fetches the
// same files; what it has is not fetched again.

/**
 * @typedef {object} Segmented
 * @property {number[]} starts of the segments, in seconds
 * @property {URL[]} urls of them
 * @property {[number, number][]} pauses from and to
 */

/**
 * @param {string} src address of the index
 * @returns {Promise<Segmented>}
 */
export async function readIndex(src) {
  const url = new URL(src, document.baseURI);
  const { segments, pauses } = await json(url);
  return {
    starts: segments.map((/** @type {{start: number}} */ { start }) => start),
    urls: segments.map((/** @type {{url: string}} */ one) => new URL(one.url, url)),
    pauses,
  };
}

/**
 * Moments at which something is printed, of the segment that is played at a moment and of its neighbours.
 * @param {Segmented} segmented
 * @param {number} time
 */
export async function outputsAround({ starts, urls }, time) {
  const here = Math.max(starts.findLastIndex((start) => start <= time), 0);
  const near = await Promise.all(urls.slice(Math.max(here - 1, 0), here + 2).map(json));
  return near.flatMap(({ events }) => events.flatMap((/** @type {[number, string, string]} */ [at, code]) => (code === "o" ? [at] : [])));
}

/**
 * Where to go on from a moment while pauses are skipped, or undefined.
 * @param {Segmented} segmented
 * @param {number} time
 * @param {number} longest seconds that are left of a pause
 */
export function skipped({ pauses }, time, longest) {
  const pause = pauses.find(([from, to]) => from + longest <= time && time < to);
  return pause?.[1];
}

/** @param {URL} url */
async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

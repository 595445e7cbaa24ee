// Days and lengths that a search is narrowed to.

/** @typedef {{from: string, to: string, min: string, max: string}} Bounds what is not asked for is empty */

const DAY = 86_400_000; // milliseconds

/**
 * @param {Bounds} wish
 * @param {{days: number[], seconds: number[]}} columns
 */
export function within(wish, { days, seconds }) {
  const [min, max] = [Number(wish.min) || 0, wish.max === "" || Number.isNaN(Number(wish.max)) ? Infinity : Number(wish.max)];
  return (/** @type {number} */ number) => dayIn(wish, days[number]) && seconds[number] >= min && seconds[number] <= max;
}

/**
 * @param {Bounds} wish
 * @param {number} day
 */
export function dayIn({ from, to }, day) {
  const [first, last] = [dayOf(from), dayOf(to)];
  return !(first || last) || (day > 0 && day >= first && day <= (last || Infinity));
}

/**
 * Days since 1970; 0 for what is no day.
 * @param {string} date
 */
export function dayOf(date) {
  return /^\d{4}-\d\d-\d\d/.test(date) ? Math.max(Date.parse(date.slice(0, 10)) / DAY || 0, 0) : 0;
}

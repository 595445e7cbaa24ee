// Days and lengths that a search is narrowed to. Both ends are included; of a length whole seconds count.

/** @typedef {{days?: [number, number], seconds?: [number, number]}} Bounds what is not asked for is not there */

const DAY = 86_400_000; // milliseconds

/**
 * @param {{from: string, to: string, min: string, max: string}} wish
 * @returns {Bounds}
 */
export function boundsOf({ from, to, min, max }) {
  const [first, last] = [from, to].map((text) => (isDay(text) ? dayOf(text) : undefined));
  const least = Math.floor(Number(min)) || 0;
  const most = max.trim() === "" || Number.isNaN(Number(max)) ? Infinity : Number(max);
  return {
    days: first === undefined && last === undefined ? undefined : [first ?? 1, last ?? Infinity],
    seconds: least > 0 || most < Infinity ? [least, most] : undefined,
  };
}

/**
 * @param {Bounds} bounds
 * @param {number} day 0 for none
 */
export function dayIn({ days }, day) {
  return !days || (day > 0 && day >= days[0] && day <= days[1]);
}

/**
 * @param {Bounds} bounds
 * @param {number} length
 */
export function lengthIn({ seconds }, length) {
  return !seconds || (length >= seconds[0] && length <= seconds[1]);
}

/** @param {string} text */
function isDay(text) {
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)));
}

/**
 * Days since 1970; 0 for what is no day.
 * @param {string} date
 */
export function dayOf(date) {
  return isDay(date) ? Math.max(Date.parse(date.slice(0, 10)) / DAY, 0) : 0;
}

// What the page needs to know of a published recording itself: when something happens in it.
import { last } from "./bisect.js";

const NOTHING = 1e-6; // seconds: what is lost in adding up pauses

/**
 * @typedef {object} Times moments in seconds, in order
 * @property {number[]} events of everything: any event ends a pause
 * @property {number[]} outputs of what was printed
 */

/**
 * Reads the times of an asciicast v2 as castsite writes it: one event on each line. Its texts are not decoded.
 * @param {string} cast
 * @returns {Times}
 */
export function readTimes(cast) {
  const events = [];
  const outputs = [];
  for (const [, time, code] of cast.matchAll(/^\[\s*([\d.e+-]+)\s*,\s*"(.)/gm)) {
    const at = Number(time);
    events.push(at);
    if (code === "o") outputs.push(at);
  }
  return { events, outputs };
}

/**
 * The neighbouring moment at which something was printed, or undefined.
 * @param {number[]} outputs
 * @param {number} time
 * @param {1 | -1} direction
 */
export function neighbour(outputs, time, direction) {
  const NEAR = 0.002; // seconds: the player stands a hair behind the moment it was sent to
  return direction > 0 ? outputs.find((at) => at > time + NEAR) : outputs.findLast((at) => at < time - NEAR);
}

/**
 * @typedef {object} Timeline translates between the page's time and the player's, in seconds
 * @property {(time: number) => number} inPlayer
 * @property {(time: number) => number} onPage
 */

/**
 * While pauses are skipped the player counts on a timeline of its own, on which no pause is longer than `limit`. The
 * first event may follow a pause as well.
 * @param {number[]} events
 * @param {number | null} limit in seconds
 * @returns {Timeline}
 */
export function timeline(events, limit) {
  /** @type {{from: number, to: number, removed: number}[]} `removed`: in the pauses before this one */
  const pauses = [];
  let before = 0;
  let removed = 0;
  if (limit !== null) {
    for (const at of events) {
      if (at - before > limit) {
        pauses.push({ from: before, to: at, removed });
        removed += at - before - limit;
      }
      before = at;
    }
  }
  const longest = limit ?? Infinity;
  return {
    inPlayer(time) {
      const pause = last(pauses, (one) => one.from <= time);
      if (!pause) return time;
      if (time < pause.to) return Math.min(time, pause.from + longest) - pause.removed;
      return time - pause.removed - (pause.to - pause.from - longest);
    },
    onPage(time) {
      const pause = last(pauses, (one) => one.from - one.removed <= time);
      if (!pause) return time;
      const into = time - (pause.from - pause.removed);
      return into < longest - NOTHING ? pause.from + into : pause.to + into - longest;
    },
  };
}

// Marks where playback is: in the outline, in the transcript.
import { last } from "./bisect.js";

const NEAR = 0.05; // seconds: what begins in a moment has begun

/**
 * Entries, each with the second it begins at in `data-from`. Lines stand in the order they appeared in, which is nearly
 * but not always that of their times.
 * @param {Iterable<HTMLElement>} entries
 */
export function track(entries) {
  const starts = [...entries].map((entry) => ({ entry, from: Number(entry.dataset.from) })).sort((a, b) => a.from - b.from);
  /** @type {HTMLElement | undefined} */
  let current;
  return {
    starts,
    /** @param {number} time */
    show(time) {
      const now = last(starts, ({ from }) => from <= time + NEAR)?.entry;
      if (now !== current) {
        current?.removeAttribute("aria-current");
        now?.setAttribute("aria-current", "true");
        current = now;
      }
      return now;
    },
  };
}

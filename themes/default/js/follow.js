// Marks where playback is: in the outline, in the transcript.

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
      const now = lastBefore(starts, time)?.entry;
      if (now !== current) {
        current?.removeAttribute("aria-current");
        now?.setAttribute("aria-current", "true");
        current = now;
      }
      return now;
    },
  };
}

/**
 * @param {{entry: HTMLElement, from: number}[]} starts
 * @param {number} time
 */
function lastBefore(starts, time) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle].from <= time + 0.05) low = middle + 1;
    else high = middle;
  }
  return starts[low - 1];
}

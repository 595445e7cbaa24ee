// Marks where playback is in the outline and in the transcript. The player has no event for it, so it is asked.

const EVERY = 200; // milliseconds

/**
 * Entries, each with the second it begins at in `data-from`. Lines stand in the order they appeared in, which is nearly
 * but not always that of their times.
 * @param {Iterable<HTMLElement>} entries
 */
export function track(entries) {
  const starts = [...entries].map((entry) => ({ entry, from: Number(entry.dataset.from) })).sort((a, b) => a.from - b.from);
  /** @type {HTMLElement | undefined} */
  let current;
  return (/** @type {number} */ time) => {
    const now = lastBefore(starts, time)?.entry;
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
  };
}

/**
 * Calls `show` with the player's time for as long as it plays, and once after each seek.
 * @param {{addEventListener: Function, getCurrentTime: () => Promise<number> | number}} player
 * @param {(time: number) => void} show
 */
export function follow(player, show) {
  let timer = 0;
  const ask = async () => show(await player.getCurrentTime());
  const rest = () => {
    clearInterval(timer);
    timer = 0;
    ask();
  };
  player.addEventListener("playing", () => {
    timer ||= setInterval(ask, EVERY);
  });
  for (const name of ["pause", "ended"]) player.addEventListener(name, rest);
  player.addEventListener("seeked", ask);
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

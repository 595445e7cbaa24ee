// Where this page is, and how its moments are written.

/** @param {string} query such as `?t=12.5`, or nothing */
export function address(query) {
  return location.origin + location.pathname + query;
}

/** The page's title on one line. */
export function title() {
  return (document.querySelector("h1")?.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** How long the recording is, in seconds. */
export function duration() {
  return Number(JSON.parse(document.getElementById("castsite-player")?.textContent || "{}").duration ?? 0);
}

/**
 * Seconds as people read them, rounded down: `m:ss`, from an hour on `h:mm:ss`.
 * @param {number} time
 */
export function clock(time) {
  const whole = Math.floor(time);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

// What this page says of itself.

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

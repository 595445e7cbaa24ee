// The player alone, in a frame of somebody else's page: asked as asciinema.org's is, by its address and by messages.
import { begin } from "./begin.js";

const BASE = 9; // pixels that a cell is wide and
const ROW = 20; // high in a poster, with a border of
const BORDER = 22.5; // on both sides together

const screen = /** @type {HTMLElement} */ (document.querySelector("[data-screening]"));
const bar = /** @type {HTMLElement} */ (document.querySelector("[data-transport]"));
const source = /** @type {HTMLAnchorElement} */ (document.querySelector("[data-source]"));
const { stage } = begin(read);

/**
 * What was asked for. A moment to start at is played at once, unless it stands after the `#`; and the size may be
 * another one than the recording's.
 * @param {import("./player.js").Island} island
 */
async function read(island) {
  const { wishes } = await import("./wishes.js");
  const asked = wishes(location, island.duration);
  const { cols, rows } = { ...island.options, ...(asked.cols && { cols: asked.cols }), ...(asked.rows && { rows: asked.rows }) };
  if (asked.cols) island.options.cols = cols;
  if (asked.rows) island.options.rows = rows;
  if (cols && rows && (asked.cols || asked.rows)) {
    screen.style.setProperty("--ar", String((BASE * Number(cols) + BORDER) / (ROW * Number(rows) + BORDER)));
    tell();
  }
  const parameters = new URLSearchParams(location.search);
  if (asked.at && (parameters.has("t") || parameters.has("startAt"))) asked.autoplay ??= true;
  return asked;
}

/** Tells the page around how high the frame must be for its width. */
function tell() {
  const { width } = document.documentElement.getBoundingClientRect();
  const ratio = Number(getComputedStyle(screen).getPropertyValue("--ar"));
  if (parent === window || !width || !ratio) return;
  parent.postMessage({ type: "bodySize", payload: { width, height: width / ratio + bar.offsetHeight } }, "*");
}

/**
 * Takes over how text looks in the page around, as far as it is nothing but that.
 * @param {MessageEvent} event
 */
async function hear({ source: from, data }) {
  if (from !== parent || parent === window || data?.type !== "textStyle") return;
  (await import("./surroundings.js")).fitIn(data.payload, source);
}

addEventListener("message", hear);
new ResizeObserver(tell).observe(document.documentElement);

// on a page of the same site the reader may choose another scheme meanwhile
addEventListener("storage", ({ key, newValue }) => {
  if (key === "castsite.scheme" && /^(system|light|dark)$/.test(newValue ?? "")) document.documentElement.dataset.scheme = newValue ?? "";
});

// who goes on to the recording's own page goes on where they are
source.addEventListener("click", () => {
  const at = Number(bar.querySelector("input")?.value);
  source.search = at > 0 && stage.dataset.state ? `?t=${Math.ceil(at * 100) / 100}` : "";
});

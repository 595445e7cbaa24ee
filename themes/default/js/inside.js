// The transcript: a field that searches it, lines that can be selected, a link to the moment that is shown. What the
// first two do is fetched when they are first used.
import { copy } from "./copy.js";
import { clock } from "./time.js";
import { words } from "./words.js";

const ROW = ".log > li";

const transcript = document.querySelector("[data-transcript]");
if (transcript instanceof HTMLElement) {
  offerSearch(transcript);
  offerSelection(transcript);
  offerMoment(transcript);
  offerCopiesOnRows(transcript);
}

/** @param {HTMLElement} transcript */
function offerSearch(transcript) {
  const box = transcript.querySelector("[data-inside]");
  const field = box?.querySelector("input");
  const note = transcript.querySelector("[data-note]");
  if (!(box instanceof HTMLElement) || !field) return;
  let begun = false;
  const begin = async () => {
    if (begun) return;
    begun = true;
    try {
      (await import("./find.js")).openSearch(transcript, box, field);
    } catch {
      // it could not be fetched: the next letter tries again
      begun = false;
      if (note && field.value) note.textContent = words("search_failed");
      note?.toggleAttribute("hidden", !field.value);
    }
  };
  for (const name of ["focusin", "input", "click"]) box.addEventListener(name, begin);
  box.addEventListener("click", (event) => {
    const way = event.target instanceof Element && event.target.closest("[data-way]");
    if (way) way.ariaPressed = String(way.ariaPressed !== "true");
  });
  const asked = () => [location.hash, location.search].map((part) => new URLSearchParams(part.slice(1)).get("q")).find(Boolean);
  field.value = asked() ?? field.value;
  if (field.value) begin();
  addEventListener("hashchange", () => {
    const text = new URLSearchParams(location.hash.slice(1)).get("q");
    if (!text) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** @param {HTMLElement} transcript */
function offerSelection(transcript) {
  /** @type {Element | null} */
  let last = null;
  const choose = async (/** @type {(quote: typeof import("./quote.js")) => void} */ what) => what(await import("./quote.js"));
  transcript.addEventListener("click", (event) => {
    const row = event.target instanceof Element && event.target.closest(".tc") ? event.target.closest(ROW) : null;
    if (!row) return;
    if (!event.shiftKey) {
      last = row;
      return;
    }
    event.preventDefault(); // of a new window
    const from = last ?? row;
    last = from;
    choose((quote) => quote.select(transcript, from, row));
  });
  transcript.addEventListener("keydown", (event) => {
    const row = event.target instanceof Element && event.target.matches(".tc") ? event.target.closest(ROW) : null;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!row || !way || !event.shiftKey) return;
    event.preventDefault();
    choose((quote) => quote.extend(transcript, row, way));
  });
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const selected = getSelection();
      const range = selected?.rangeCount && !selected.isCollapsed ? selected.getRangeAt(0) : null;
      if (range && transcript.contains(range.startContainer)) choose((quote) => quote.selectRange(transcript, range));
    }, 150);
  });
}

/** @param {HTMLElement} transcript */
function offerMoment(transcript) {
  const button = transcript.querySelector("[data-moment]");
  const shown = button?.querySelector(".tc");
  if (!(button instanceof HTMLElement) || !shown) return;
  button.hidden = !navigator.clipboard;
  let now = 0;
  document.addEventListener("castsite:time", (event) => {
    now = /** @type {CustomEvent<{time: number}>} */ (event).detail.time;
    const text = clock(now);
    if (shown.textContent !== text) shown.textContent = text;
  });
  // a hundredth later rather than earlier: what is seen has happened
  button.addEventListener("click", () => copy(new URL(`?t=${Math.ceil(now * 100) / 100}`, location.href).href, "link_copied", button));
}

/**
 * A button like those of the outline for each command of a list that pointer, focus or finger reach.
 * @param {HTMLElement} transcript
 */
function offerCopiesOnRows(transcript) {
  const model = document.querySelector("button[data-copy]");
  if (!(model instanceof HTMLButtonElement) || !navigator.clipboard) return;
  const met = new WeakSet();
  const meet = async (/** @type {Event} */ { target }) => {
    const list = target instanceof Element && target.closest(".log");
    if (!list || met.has(list)) return;
    met.add(list);
    try {
      (await import("./rows.js")).offerOnRows(list, model);
    } catch {
      met.delete(list); // as above
    }
  };
  for (const name of ["pointerover", "focusin", "touchstart"]) transcript.addEventListener(name, meet, { passive: true });
}

// Captions below the screen, in the language the reader chose; its file is fetched once.
import { recall, remember } from "./remembered.js";
import { words } from "./words.js";

/** @typedef {{from: number, end: number, text: string}} Cue in seconds on the played timeline */

/** @param {HTMLElement} area */
export function offerCaptions(area) {
  const caption = /** @type {HTMLElement} */ (area.querySelector("[data-caption]"));
  const choice = /** @type {HTMLSelectElement} */ (area.querySelector("select"));
  /** @type {Map<string, Promise<Cue[]>>} */
  const fetched = new Map();
  /** @type {Cue[]} */
  let cues = [];
  // a moment that was reached before this was there to hear of it
  let time = Number(/** @type {HTMLInputElement | null} */ (document.querySelector("input[type=range]"))?.value) || -1;

  function show() {
    const text = cues.filter(({ from, end }) => from <= time && time < end).map((cue) => cue.text).join("\n");
    if (caption.textContent !== text) caption.textContent = text; // else what a reader selected in it would be lost
  }

  async function choose() {
    const { value } = choice;
    const source = choice.selectedOptions[0]?.dataset.src;
    cues = [];
    show();
    area.toggleAttribute("data-on", Boolean(source));
    caption.lang = value;
    if (!source) return;
    if (!fetched.has(source)) fetched.set(source, fetchCues(source));
    try {
      const found = await fetched.get(source);
      if (choice.value !== value) return; // another one was chosen meanwhile
      cues = found ?? [];
      show();
    } catch {
      fetched.delete(source);
      const text = words("captions_failed");
      if (choice.value === value) cues = [{ from: -1, end: Infinity, text }];
      show();
    }
  }

  if (choice.selectedIndex > 0) remember("captions", choice.value); // chosen before this was there to hear it
  const wanted = recall("captions");
  if (wanted !== null && [...choice.options].some(({ value }) => value === wanted)) choice.value = wanted;
  choice.addEventListener("change", () => {
    remember("captions", choice.value);
    choose();
  });
  document.addEventListener("castsite:time", (event) => {
    if (!(event instanceof CustomEvent)) return;
    time = event.detail.time;
    show();
  });
  choose();
}

/** @param {string} source */
async function fetchCues(source) {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source}: ${response.status}`);
  return readCues(await response.text());
}

/**
 * Reads what castsite writes, which is less than WebVTT allows.
 * @param {string} text
 * @returns {Cue[]}
 */
export function readCues(text) {
  const blocks = text.split("\n\n").slice(1, -1);
  return blocks.map((block) => {
    const [timing, ...rows] = block.split("\n");
    const [from, end] = timing.split(" --> ").map((time) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0));
    return { from, end, text: rows.join("\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&") };
  });
}

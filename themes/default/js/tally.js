// How much was found of what was asked for, and the way through its pages.
import { day, link } from "./found.js";
import { parse, WORDS } from "./terms.js";
import { seconds } from "./time.js";
import { words } from "./words.js";

/** @typedef {import("./reader.js").Wish} Wish */
/** @typedef {import("./reader.js").Ranking} Ranking */
/** @typedef {{shown?: import("./answers.js").Shown[], recordings: number, pages: number, about: boolean, next?: boolean}} Results */

/**
 * A wish as the index is asked, with lengths in seconds.
 * @param {Wish} wish
 * @returns {Wish}
 */
export function measured(wish) {
  const [min, max] = [wish.min, wish.max].map((text) => String(seconds(text) ?? ""));
  return { ...wish, min, max };
}

/**
 * How much there is, in words: lines too, where all of them are known, and what it is narrowed to.
 * @param {Ranking} ranking
 * @param {Results} results
 * @param {HTMLFormElement} form
 */
export function tally({ wide, wish }, { shown = [], recordings, pages, about }, form) {
  const numbers = [recordings || !pages ? words("recordings", { n: recordings }) : "", pages ? words("found_pages", { n: pages }) : ""].filter(Boolean).join(", ");
  const lines = shown.reduce((sum, one) => sum + one.lines.length, 0);
  const whole = shown.length === recordings + pages && shown.every(({ lines: own, elsewhere, lost, unfinished }) => own.length && !elsewhere && !lost && !unfinished);
  const said = about ? words("about_n", { n: numbers }) : lines && whole ? words("lines_in", { lines: words("lines", { n: lines }), numbers }) : numbers;
  const notes = [wide ? words("titles_only") : "", parse(wish.q).left ? words("first_words", { n: WORDS }) : ""].filter(Boolean);
  return [[said, ...narrowed(form)].join("\u2002·\u2002"), notes.join(" ")].filter(Boolean).join(". ");
}

/**
 * What a search is narrowed to, as its form calls it.
 * @param {HTMLFormElement} form
 */
function narrowed(form) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(".narrow [name]:valid"));
  return [...fields].filter(({ value }) => value).map(({ labels, name, type, value }) => {
    if (name === "tag") return `#${value}`;
    return `${labels?.[0]?.textContent?.trim() ?? ""} ${type === "date" ? day(value) : value}`.trim();
  });
}

/**
 * How much an index promises, before its texts are looked at.
 * @param {Ranking} ranking
 */
export function promised({ hits }) {
  const recordings = hits.filter(({ kind }) => kind === "recording").length;
  return { recordings, pages: hits.length - recordings, about: false };
}

/**
 * Links to the pages before and after this one.
 * @param {HTMLElement} pager
 * @param {Results} results
 * @param {number} page
 * @param {(page: number) => string} address
 */
export function turn(pager, { recordings, pages, about, next }, page, address) {
  pager.hidden = page < 2 && !next;
  const at = document.createElement("span");
  const last = Math.ceil((recordings + pages) / 10);
  at.textContent = pager.ariaLabel = about || page > last ? words("page", { n: page }) : words("page_of", { page, pages: last });
  const step = (/** @type {number} */ number, /** @type {string} */ rel, /** @type {string} */ text) => {
    const made = link(address(number), text);
    made.className = rel === "next" ? "btn next" : "btn";
    made.rel = rel;
    return made;
  };
  pager.replaceChildren(...(page > 1 ? [step(page - 1, "prev", words("previous"))] : []), at, ...(next ? [step(page + 1, "next", words("next"))] : []));
}

// How much was found, and the way through its pages.
import { link } from "./found.js";
import { words } from "./words.js";

/** @typedef {import("./reader.js").Ranking} Ranking */
/** @typedef {{shown?: import("./answers.js").Shown[], recordings: number, pages: number, about: boolean, next?: boolean}} Results */

/**
 * How much there is, in words: lines too, where all of them are known.
 * @param {Ranking} ranking
 * @param {Results} results
 */
export function tally({ wide }, { shown = [], recordings, pages, about, next }) {
  const numbers = [recordings || !pages ? words("recordings", { n: recordings }) : "", pages ? words("found_pages", { n: pages }) : ""].filter(Boolean).join(", ");
  const lines = shown.reduce((sum, one) => sum + one.lines.length, 0);
  const whole = lines && !next && shown.length === recordings + pages && !shown.some(({ elsewhere, lost, unfinished }) => elsewhere || lost || unfinished);
  const said = about ? words("about_n", { n: numbers }) : whole ? words("lines_in", { lines: words("lines", { n: lines }), numbers }) : numbers;
  return said + (wide ? `. ${words("titles_only")}` : "");
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
  at.textContent = pager.ariaLabel = about ? words("page", { n: page }) : words("page_of", { page, pages: Math.max(Math.ceil((recordings + pages) / 10), page) });
  const step = (/** @type {number} */ number, /** @type {string} */ rel, /** @type {string} */ text) => {
    const made = link(address(number), text);
    made.className = rel === "next" ? "btn next" : "btn";
    made.rel = rel;
    return made;
  };
  pager.replaceChildren(...(page > 1 ? [step(page - 1, "prev", words("previous"))] : []), at, ...(next ? [step(page + 1, "next", words("next"))] : []));
}

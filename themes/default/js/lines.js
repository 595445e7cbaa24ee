// The rows of the transcript, read once.
import { rest } from "./rest.js";

/**
 * @typedef {object} List a list of rows, and what is shown of it
 * @property {HTMLElement} node
 * @property {Element | null} chapter
 * @property {HTMLElement[]} rows
 * @property {Float64Array} times of its rows, in seconds
 * @property {number} first number of its first row in the transcript
 * @property {Uint8Array} hidden for each row whether it is
 * @property {number} from which of the hits are in it
 * @property {number} to
 * @property {HTMLElement[]} marked rows that were marked
 * @property {number} painted the search they were marked for
 */

/** @param {HTMLElement} transcript */
export async function index(transcript) {
  const lists = /** @type {List[]} */ ([]);
  const texts = /** @type {string[]} */ ([]);
  const commands = /** @type {number[]} */ ([]);
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (transcript.querySelectorAll(".log"))) {
    await rest();
    const rows = /** @type {HTMLElement[]} */ ([...node.children]);
    const hidden = new Uint8Array(rows.length);
    const times = Float64Array.from(rows, (row) => Number(row.dataset.from));
    lists.push({ node, rows, hidden, times, chapter: node.parentElement, first: texts.length, from: 0, to: 0, marked: [], painted: 0 });
    for (const row of rows) {
      let text = "";
      for (let cell = row.firstElementChild?.nextElementSibling; cell; cell = cell.nextElementSibling) {
        if (cell.localName === "kbd") commands.push(texts.length, text.length, text.length + (cell.textContent ?? "").length);
        if (cell.localName !== "button") text += cell.textContent;
      }
      texts.push(text.replaceAll("\n", " "));
    }
  }
  return { lists, text: texts.join("\n"), commands: Int32Array.from(commands) };
}

// What the reader chose, as attributes of the root. early.js restores them on the next page.
import { remember } from "./remembered.js";

/** @typedef {"scheme" | "view" | "density"} Choice */

/**
 * Shows a choice and keeps it.
 * @param {Choice} name
 * @param {string} word
 */
export function choose(name, word) {
  document.documentElement.dataset[name] = word;
  remember(name, word);
}

/**
 * @param {Choice} name
 * @param {string} otherwise
 */
export function chosen(name, otherwise) {
  return document.documentElement.dataset[name] ?? otherwise;
}

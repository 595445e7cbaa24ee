// What the reader chose, as attributes of the root. early.js restores them on the next page.

/** @typedef {"scheme" | "view" | "density"} Choice */

/**
 * Shows a choice and keeps it, where the browser lets us.
 * @param {Choice} name
 * @param {string} word
 */
export function choose(name, word) {
  document.documentElement.dataset[name] = word;
  try {
    localStorage.setItem(`castsite.${name}`, word);
  } catch {
    // storage is refused: the choice holds for this page
  }
}

/**
 * @param {Choice} name
 * @param {string} otherwise
 */
export function chosen(name, otherwise) {
  return document.documentElement.dataset[name] ?? otherwise;
}

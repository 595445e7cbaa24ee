// What a reader chose, kept in the browser. Where that is refused it holds for this page only.

/** @typedef {"scheme" | "view" | "density"} Choice an attribute of the root, which early.js restores on the next page */
/** @typedef {Choice | "speed" | "skip" | "onward" | "captions"} Habit */

/** @param {Habit} name */
export function recall(name) {
  try {
    return localStorage.getItem(`castsite.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {Habit} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`castsite.${name}`, value);
  } catch {
    // storage is refused
  }
}

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

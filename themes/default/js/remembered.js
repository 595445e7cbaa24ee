// How a reader likes to watch, kept in the browser. Where that is refused it holds for this page only.

/** @typedef {"speed" | "skip" | "onward"} Habit */

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

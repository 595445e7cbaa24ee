// What a reader chose, kept in the browser. Where that is refused it holds for this page only.

/** @typedef {import("./choice.js").Choice | "speed" | "skip" | "onward" | "captions"} Habit */

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

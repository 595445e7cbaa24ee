// The player's keys, for the whole page: they work wherever no text is typed, and the player itself gets none of them.

import { isTyping } from "./typing.js";

const ONCE = [" ", "f", "?"]; // who holds one of these down means it once
const PRESSED = "button, summary, [role=button]";
const STEP = 5; // seconds

/**
 * @typedef {object} Deeds
 * @property {() => void} toggle
 * @property {(at: number) => void} seek
 * @property {(by: number) => void} move both in seconds
 * @property {(direction: 1 | -1) => void} chapter
 * @property {(direction: 1 | -1) => void} step
 * @property {() => void} enlarge
 * @property {() => void} explain
 */

/**
 * @param {number} duration in seconds
 * @param {Deeds} deeds
 */
export function listen(duration, deeds) {
  const tenth = duration / 10;
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": deeds.toggle,
    ArrowLeft: () => deeds.move(-STEP),
    ArrowRight: () => deeds.move(STEP),
    "Shift ArrowLeft": () => deeds.move(-tenth),
    "Shift ArrowRight": () => deeds.move(tenth),
    "[": () => deeds.chapter(-1),
    "]": () => deeds.chapter(1),
    ",": () => deeds.step(-1),
    ".": () => deeds.step(1),
    f: deeds.enlarge,
    "?": deeds.explain,
  };
  for (let digit = 0; digit < 10; digit += 1) keys[digit] = () => deeds.seek(digit * tenth);
  /** @type {Record<string, () => void>} */
  const onSlider = { ArrowDown: keys.ArrowLeft, ArrowUp: keys.ArrowRight, PageDown: keys["Shift ArrowLeft"], PageUp: keys["Shift ArrowRight"] };

  const hear = (/** @type {KeyboardEvent} */ event) => {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element)) return;
    if (isTyping(target) || (key === " " && target.closest(PRESSED))) return;
    const name = event.shiftKey && key.length > 1 ? `Shift ${key}` : key;
    const deed = keys[name] ?? (target.matches("input[type=range]") ? onSlider[name] : undefined);
    if (!deed || (event.shiftKey && key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || !ONCE.includes(key)) deed();
  };
  document.addEventListener("keydown", hear, { capture: true });
}

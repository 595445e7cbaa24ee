// What can be taken along: single commands, all of them, or all as a file. Buttons that copy stay hidden where the
// browser offers no clipboard.
import { say, words } from "./words.js";

const DONE = 1500; // milliseconds

/**
 * Puts a text into the clipboard, and says whether it is there.
 * @param {string} text
 * @param {string} done names what to say then
 * @param {Element} [button]
 */
export async function copy(text, done, button) {
  const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
  say(words(copied ? done : "copy_refused"));
  button?.toggleAttribute("data-done", copied);
  setTimeout(() => button?.removeAttribute("data-done"), DONE);
}

/** @param {ParentNode} page */
export function offerCopies(page) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...page.querySelectorAll("button[data-copy]")]);
  const script = page.querySelector("button[data-script]");
  if (script) offer(script, async () => (await import("./script.js")).download(buttons.map(command)));
  if (!navigator.clipboard) return;
  for (const button of buttons) {
    nameBy(button, command(button));
    offer(button, () => copy(command(button), "copied", button));
  }
  const all = page.querySelector("button[data-copy-all]");
  if (all) offer(all, () => copy(buttons.map(command).join("\n"), "copied", all));
}

/**
 * Tells a button that copies from the others like it.
 * @param {Element} button
 * @param {string} text
 */
export function nameBy(button, text) {
  const [label] = (button.getAttribute("aria-label") ?? "").split(": ");
  button.setAttribute("aria-label", `${label}: ${text}`);
}

/** @param {HTMLButtonElement} button */
function command(button) {
  return button.dataset.copy || (button.parentElement?.querySelector("code")?.textContent ?? "");
}

/**
 * @param {Element} button
 * @param {() => void} action
 */
export function offer(button, action) {
  button.removeAttribute("hidden");
  button.addEventListener("click", action);
}

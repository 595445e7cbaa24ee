// A button on each row of the transcript that shows a command: fetched when the transcript is first reached.
import { copy, offer } from "./copy.js";
import { rest } from "./rest.js";

/**
 * @param {Iterable<Element>} commands as they were typed
 * @param {HTMLButtonElement} model what each button looks like
 */
export async function offerOnRows(commands, model) {
  for (const typed of commands) {
    await rest();
    const button = /** @type {HTMLButtonElement} */ (model.cloneNode(true));
    const text = typed.getAttribute("data-copy") ?? typed.textContent ?? "";
    button.removeAttribute("data-copy");
    offer(button, () => copy(text, "Copied", button));
    typed.parentElement?.append(button);
  }
}

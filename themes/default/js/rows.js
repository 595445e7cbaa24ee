// A button on each row of the transcript that shows a command.
import { copy, nameBy, offer } from "./copy.js";

/**
 * @param {Element} list of rows
 * @param {HTMLButtonElement} model what each button looks like
 */
export function offerOnRows(list, model) {
  for (const typed of list.querySelectorAll("kbd")) {
    const button = /** @type {HTMLButtonElement} */ (model.cloneNode(true));
    const text = typed.getAttribute("data-copy") ?? typed.textContent ?? "";
    button.removeAttribute("data-copy");
    nameBy(button, text);
    offer(button, () => copy(text, "copied", button));
    typed.parentElement?.append(button);
  }
}

// Every page: the colour scheme, and "/" for the field that searches it, else for the one that searches everything.
import { choose, chosen } from "./remembered.js";
import { isTyping } from "./typing.js";
import { say, words } from "./words.js";

const SCHEMES = ["system", "light", "dark"];

const button = document.querySelector("[data-scheme-switch]");

function label() {
  const scheme = words(`scheme_${chosen("scheme", "system")}`);
  button?.setAttribute("aria-label", scheme);
  return scheme;
}

button?.addEventListener("click", () => {
  const at = SCHEMES.indexOf(chosen("scheme", "system"));
  choose("scheme", SCHEMES[(at + 1) % SCHEMES.length]);
  say(label());
});
label();

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) return;
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[type="search"]'));
  const field = [...fields].findLast((found) => found.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// The map of keys, as a dialog.
import { words } from "./words.js";

const shift = words("key_shift");
const KEYS = [
  [[words("key_space")], "key_play"],
  [["←", "→"], "key_step"],
  [[`${shift} ←`, `${shift} →`], "key_tenth"],
  [["0", "…", "9"], "key_digit"],
  [["[", "]"], "key_chapter"],
  [[",", "."], "key_output"],
  [["f"], "full_screen"],
  [["/"], "key_search"],
  [["?"], "key_keys"],
  [[words("key_escape")], "key_leave"],
];

/** @type {HTMLDialogElement | undefined} */
let dialog;

export function showKeys() {
  if (!dialog?.open) {
    dialog?.remove();
    dialog = build();
  }
  // what fills the screen hides everything that is not inside it
  (document.fullscreenElement ?? document.body).append(dialog);
  if (!dialog.open) dialog.showModal();
}

function build() {
  const made = element("dialog", "keys");
  made.setAttribute("aria-labelledby", "keys-title");
  const title = element("h2");
  title.id = "keys-title";
  title.textContent = words("keys");
  const close = element("button", "btn");
  close.type = "button";
  close.textContent = words("close");
  close.addEventListener("click", () => made.close());
  const head = element("div", "panel");
  head.append(title, close);
  const list = element("dl");
  for (const [names, meaning] of KEYS) {
    // what is searched is not on a screen that the recording fills
    if (meaning !== "key_search" || !document.fullscreenElement) list.append(row([...names], words(String(meaning))));
  }
  made.append(head, list);
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close(); // beside the dialog
  });
  made.addEventListener("keydown", (event) => {
    if (event.key === "?") made.close();
  });
  return made;
}

/**
 * @param {string[]} names
 * @param {string} meaning
 */
function row(names, meaning) {
  const [both, keys, text] = [element("div"), element("dt"), element("dd")];
  for (const name of names) {
    const key = element("kbd");
    key.textContent = name;
    keys.append(key, " ");
  }
  text.textContent = meaning;
  both.append(keys, text);
  return both;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [name]
 */
function element(tag, name = "") {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

// The map of keys, as a dialog.

const KEYS = [
  [["Space"], "Play or pause"],
  [["←", "→"], "5 seconds back or on"],
  [["Shift ←", "Shift →"], "A tenth back or on"],
  [["0", "…", "9"], "To 0 %, 10 % … 90 %"],
  [["[", "]"], "Previous or next chapter"],
  [[",", "."], "Previous or next output"],
  [["f"], "Full screen"],
  [["/"], "Search"],
  [["?"], "These keys"],
  [["Esc"], "Leave"],
];

/** @type {HTMLDialogElement | undefined} */
let dialog;

export function showKeys() {
  dialog ??= build();
  // what fills the screen hides everything that is not inside it
  (document.fullscreenElement ?? document.body).append(dialog);
  if (!dialog.open) dialog.showModal();
}

function build() {
  const made = element("dialog", "keys");
  made.setAttribute("aria-labelledby", "keys-title");
  const title = element("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  const close = element("button", "btn");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => made.close());
  const head = element("div", "panel");
  head.append(title, close);
  const list = element("dl");
  for (const [names, meaning] of KEYS) list.append(row([...names], String(meaning)));
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

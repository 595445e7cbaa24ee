// What is wrong with the site, over the last page that could be made. Everything in it is text: a file's name may hold markup.

/** @typedef {{severity: string, where: string, code: string, text: string, excerpt: string}} Problem */

const ID = "castsite-problems";
const MARK = "\u{1F534} "; // in the title, for a page that is not looked at
const framed = window !== window.parent; // a player in a page, which shows it already

let asked = 0;
/** @type {Element | null} what had the focus before */
let before = null;

/** @param {number} count */
export async function show(count) {
  if (framed) return;
  const mine = ++asked;
  const problems = count ? await fetched() : [];
  if (mine !== asked) return; // something newer was said meanwhile
  const old = document.getElementById(ID);
  const held = Boolean(old) && document.activeElement === old;
  if (!held) before = document.activeElement;
  old?.remove();
  document.title = (problems.length ? MARK : "") + document.title.replace(MARK, "");
  if (problems.length) open(problems);
  else if (held) giveBack();
}

/** Puts the focus where it was, unless it is elsewhere by now. */
function giveBack() {
  if (document.activeElement === document.body && before instanceof HTMLElement) before.focus({ preventScroll: true });
}

/** @returns {Promise<Problem[]>} */
async function fetched() {
  try {
    return (await (await fetch(new URL("state.json", import.meta.url))).json()).problems;
  } catch {
    return []; // the server has gone
  }
}

/** @param {Problem[]} problems */
function open(problems) {
  const host = element("div");
  host.id = ID;
  const root = host.attachShadow({ mode: "open" }); // out of reach of the site's style sheets
  const style = element("link");
  style.rel = "stylesheet";
  style.href = new URL("overlay.css", import.meta.url).href;
  const dialog = element("dialog");
  dialog.setAttribute("aria-label", "What is wrong with the site");
  const close = element("button", "Close");
  close.onclick = () => dialog.close();
  dialog.onkeydown = (event) => {
    if (event.key === "Escape") dialog.close();
  };
  dialog.onclose = giveBack;
  const list = element("ul");
  list.append(...problems.map(item));
  dialog.append(close, element("h1", told(problems.length)), list);
  root.append(style, dialog);
  document.body.append(host);
  dialog.inert = true; // `show` gives it the focus, and scrolls the page to where it would stand
  dialog.show(); // not modal: the page below can be read and used
  dialog.inert = false;
  close.focus({ preventScroll: true });
}

/** @param {number} count */
function told(count) {
  return `${count === 1 ? "A problem keeps" : `${count} problems keep`} the site from being what you wrote`;
}

/** @param {Problem} problem */
function item({ where, code, text, excerpt }) {
  const shown = element("li");
  shown.append(element("p", `${where ? `${where}: ` : ""}${text}`), element("small", code));
  if (excerpt) shown.append(element("pre", excerpt));
  return shown;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} name
 * @param {string} [text]
 */
function element(name, text = "") {
  return Object.assign(document.createElement(name), { textContent: text });
}

addEventListener("keydown", ({ key }) => {
  if (key === "Escape") document.getElementById(ID)?.shadowRoot?.querySelector("dialog")?.close();
});

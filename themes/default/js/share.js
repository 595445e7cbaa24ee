// The share dialog: one snippet at a time, with what comes of it, and from which moment on.
import { copy } from "./copy.js";
import { clock, seconds } from "./time.js";
import { words } from "./words.js";

/** @type {HTMLDialogElement | undefined} */
let dialog;

const toast = document.querySelector("[data-toast]");

/** @param {HTMLElement} section holds what the dialog shows, and is taken out of the page */
export function openShare(section) {
  dialog ??= build(section);
  if (dialog.open) return;
  dialog.dispatchEvent(new Event("castsite:open"));
  if (toast) dialog.append(toast); // nothing outside is seen or read out meanwhile
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector("[name=kind]:checked"))?.focus();
}

/** @param {HTMLElement} section */
function build(section) {
  const made = document.createElement("dialog");
  made.className = section.className;
  made.classList.replace("sharing", "share");
  made.setAttribute("aria-labelledby", "share-title");
  made.append(...section.childNodes);
  section.after(made);
  section.remove();

  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (made.querySelector(`[data-${name}]`));
  const snippets = /** @type {HTMLElement[]} */ ([...made.querySelectorAll("[data-kind]")]);
  const from = /** @type {HTMLInputElement} */ (find("starting"));
  const at = /** @type {HTMLInputElement} */ (find("at"));
  const [take, seen] = [find("take"), find("seen")];
  let kind = snippets[0].dataset.kind;

  const home = new URL(made.querySelector("[data-home]")?.getAttribute("data-home") || "./", document.baseURI);
  for (const hole of made.querySelectorAll("[data-root]")) hole.textContent = home.origin + home.pathname.replace(/[^\w.~/%-]/g, encodeURIComponent);

  /** The moment to start at as seconds, or nothing. A hundredth later rather than earlier: what is seen has happened. */
  const moment = () => {
    const time = from.checked ? seconds(at.value) : null;
    return time ? String(Math.ceil(time * 100) / 100) : "";
  };

  function show() {
    const start = moment();
    for (const snippet of snippets) snippet.hidden = snippet.dataset.kind !== kind;
    for (const hole of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("[data-before]"))) hole.textContent = start && `${hole.dataset.before}${start}${hole.dataset.after}`;
    at.ariaInvalid = String(from.checked && seconds(at.value) === null);
    preview(seen, chosen().dataset.preview, start);
  }

  const chosen = () => /** @type {HTMLElement} */ (snippets.find((snippet) => snippet.dataset.kind === kind));

  made.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "kind") kind = target.value;
    if (target === at) from.checked = true;
    show();
  });
  at.addEventListener("input", () => {
    from.checked = true;
    show();
  });
  made.addEventListener("castsite:open", () => {
    const slider = document.querySelector("[data-scrub] input");
    if (slider instanceof HTMLInputElement && !from.checked) at.value = clock(Number(slider.value));
    show();
  });
  made.addEventListener("close", () => {
    seen.querySelector("div")?.replaceChildren(); // it would play on
    if (toast) document.body.append(toast);
  });
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close(); // beside the dialog
  });
  find("close").addEventListener("click", () => made.close());
  take.hidden = !navigator.clipboard;
  take.addEventListener("click", () => copy(chosen().querySelector("code")?.textContent ?? "", "copied", take));
  return made;
}

/**
 * Shows what comes of a snippet: the frame, or the picture.
 * @param {HTMLElement} figure
 * @param {string | undefined} what
 * @param {string} start
 */
function preview(figure, what, start) {
  const { frame, poster, title } = figure.dataset;
  const place = /** @type {HTMLElement} */ (figure.querySelector("div"));
  const src = what === "frame" ? frame + (start && `#t=${start}`) : poster;
  figure.hidden = !what;
  if (!what) return place.replaceChildren();
  if (place.firstElementChild?.getAttribute("src") === src) return;
  place.replaceChildren(Object.assign(document.createElement(what === "frame" ? "iframe" : "img"), what === "frame" ? { src, title: words("preview_of", { title: title ?? "" }), allow: "fullscreen" } : { src, alt: title }));
}

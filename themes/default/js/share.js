// The share dialog: one snippet at a time, with what comes of it, and from which moment to which.
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
  const [from, at, until, to] = /** @type {HTMLInputElement[]} */ (["starting", "at", "stopping", "to"].map(find));
  const [take, seen] = [find("take"), find("seen")];
  let kind = snippets[0].dataset.kind;

  const home = new URL(made.querySelector("[data-home]")?.getAttribute("data-home") || "./", document.baseURI);
  for (const hole of made.querySelectorAll("[data-root]")) hole.textContent = home.origin + home.pathname.replace(/[^\w.~/%-]/g, encodeURIComponent);

  /**
   * A moment in seconds, or null. A hundredth later rather than earlier: what is seen has happened.
   * @param {HTMLInputElement} wanted
   * @param {HTMLInputElement} field
   */
  const moment = (wanted, field) => {
    const time = wanted.checked ? seconds(field.value) : null;
    return time === null ? time : Math.ceil(time * 100) / 100;
  };

  function show() {
    const [begin, stop] = [moment(from, at), moment(until, to)];
    const clip = begin !== null && stop !== null && stop > begin;
    const start = begin || clip ? String(begin) : ""; // a clip says where it starts, be it at 0
    const end = clip ? String(stop) : "";
    for (const snippet of snippets) snippet.hidden = snippet.dataset.kind !== kind;
    for (const hole of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("[data-before]"))) {
      const time = "end" in hole.dataset ? end : start;
      hole.textContent = time && `${hole.dataset.before}${time}${hole.dataset.after}`;
    }
    at.ariaInvalid = String(from.checked && begin === null);
    to.ariaInvalid = String(until.checked && !clip);
    preview(seen, chosen().dataset.preview, start && `#t=${start}${end && `&end=${end}`}`);
  }

  const chosen = () => /** @type {HTMLElement} */ (snippets.find((snippet) => snippet.dataset.kind === kind));

  made.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "kind") kind = target.value;
    if (target === to) until.checked = true;
    if (target === at || target === to || (target === until && until.checked)) from.checked = true; // a clip has both
    show();
  });
  made.addEventListener("castsite:open", () => {
    const slider = document.querySelector("[data-scrub] input");
    if (slider instanceof HTMLInputElement) {
      if (!from.checked) at.value = clock(Number(slider.value));
      if (!until.checked) to.value = clock(Math.ceil(Number(slider.max)));
    }
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
 * @param {string} clip fragment of the frame's address
 */
function preview(figure, what, clip) {
  const { frame, title } = figure.dataset;
  const other = what === "moving" || (what === "light" && matchMedia("(prefers-color-scheme: light)").matches);
  const place = /** @type {HTMLElement} */ (figure.querySelector("div"));
  const src = what === "frame" ? frame + clip : figure.dataset[other ? what : "poster"];
  figure.hidden = !what;
  if (!what) return place.replaceChildren();
  if (place.firstElementChild?.getAttribute("src") === src) return;
  place.replaceChildren(Object.assign(document.createElement(what === "frame" ? "iframe" : "img"), what === "frame" ? { src, title: words("preview_of", { title: title ?? "" }), allow: "fullscreen" } : { src, alt: title }));
}

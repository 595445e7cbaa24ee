// Lists: sheet or log, dense or not, other orders, and what the pointer is over in the reel. Everything stands on the
// page already; nothing is fetched.
import { choose, chosen } from "./remembered.js";
import "./preview.js";

for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="view"]'))) {
  radio.checked = radio.value === chosen("view", "sheet"); // the browser may have restored an earlier one
  radio.addEventListener("change", () => choose("view", radio.value));
}

const density = document.querySelector("[data-density-switch]");
const press = () => density?.setAttribute("aria-pressed", String(chosen("density", "roomy") === "compact"));
density?.addEventListener("click", () => {
  choose("density", chosen("density", "roomy") === "compact" ? "roomy" : "compact");
  press();
});
press();

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const compare = {
  date: (a, b) => (b.dataset.date ?? "").localeCompare(a.dataset.date ?? ""),
  seconds: (a, b) => Number(b.dataset.seconds) - Number(a.dataset.seconds),
  bytes: (a, b) => Number(b.dataset.bytes) - Number(a.dataset.bytes),
  title: (a, b) => title(a).localeCompare(title(b), document.documentElement.lang, { numeric: true }),
};

/** @param {HTMLElement} frame */
function title(frame) {
  return frame.querySelector("h3")?.textContent ?? "";
}

const order = document.querySelector("[data-order]");
if (order instanceof HTMLSelectElement) {
  const sheets = [...document.querySelectorAll("[data-sheet]")].map((sheet) => ({
    sheet,
    frames: /** @type {HTMLElement[]} */ ([...sheet.children]),
  }));
  const arrange = () => {
    const by = compare[order.value];
    for (const { sheet, frames } of sheets) sheet.append(...(by ? frames.toSorted(by) : frames));
  };
  order.addEventListener("change", arrange);
  if (order.value) arrange(); // the browser may have restored an earlier choice
}

const readout = document.querySelector("[data-readout]");
const resting = [...(readout?.childNodes ?? [])];

/** @param {Event} event */
function tell(event) {
  const part = event.target instanceof Element ? event.target.closest("[data-told]") : null;
  if (!(part instanceof SVGElement) || !readout) return;
  const [clock, name] = [document.createElement("span"), document.createElement("b")];
  clock.className = "tc";
  clock.textContent = part.dataset.clock ?? "";
  name.textContent = part.dataset.told ?? "";
  name.dir = "auto";
  readout.replaceChildren(clock, " ", name);
}

const reel = document.querySelector("[data-reel]");
for (const name of ["pointerover", "focusin"]) reel?.addEventListener(name, tell);
for (const name of ["pointerleave", "focusout"]) reel?.addEventListener(name, () => readout?.replaceChildren(...resting));

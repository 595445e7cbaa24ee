// Other orders for the frames of each section. Everything stands on the page already; nothing is fetched.

const order = document.querySelector("[data-order]");
const choice = order?.querySelector("select");

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const compare = {
  date: (a, b) => (b.dataset.date ?? "").localeCompare(a.dataset.date ?? ""),
  seconds: (a, b) => Number(b.dataset.seconds) - Number(a.dataset.seconds),
  title: (a, b) => title(a).localeCompare(title(b), document.documentElement.lang, { numeric: true }),
};

/** @param {HTMLElement} frame */
function title(frame) {
  return frame.querySelector("h3")?.textContent ?? "";
}

if (order instanceof HTMLElement && choice) {
  const sheets = [...document.querySelectorAll("[data-sheet]")].map((sheet) => ({
    sheet,
    frames: /** @type {HTMLElement[]} */ ([...sheet.children]),
  }));
  const arrange = () => {
    const by = compare[choice.value];
    for (const { sheet, frames } of sheets) sheet.append(...(by ? frames.toSorted(by) : frames));
  };
  choice.addEventListener("change", arrange);
  order.hidden = false;
  arrange(); // the browser may have restored an earlier choice
}

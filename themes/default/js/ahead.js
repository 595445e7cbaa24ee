// Keeps what is typed on the way to the page that searches, until the script of that page takes it from the root.
// A classic script, since it has to listen before the first paint. Enter is the line feed at its end.
(() => {
  const { dataset } = document.documentElement;
  let timer = 0;
  const leave = () => delete dataset.typed;
  /** @param {string} text */
  const keep = (text) => {
    dataset.typed = text;
    clearTimeout(timer);
    timer = setTimeout(leave, 30_000); // nobody is on the way that long
  };
  if (location.protocol === "file:") return; // nobody would take it
  try {
    const { "castsite.typed": typed } = sessionStorage; // early.js removes it, on pages of every kind
    if (typed !== undefined) keep(typed);
  } catch {
    // storage is refused: it stays behind
  }
  addEventListener("DOMContentLoaded", () => document.querySelector("[data-search]") ?? leave());
  addEventListener("click", (event) => {
    const { target } = event;
    const plain = !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (plain && target instanceof Element && target.closest("a.find")) keep(dataset.typed ?? "");
  });
  addEventListener("keydown", (event) => {
    const { typed } = dataset;
    const { key, target } = event;
    if (key === "Escape") leave();
    if (typed === undefined || (/^[A-Z]\w/.test(key) && key !== "Enter" && key !== "Backspace")) return; // no letter
    if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph")) return;
    if (target instanceof Element && target.matches(":read-write")) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // no command, and no second way there
    if (event.repeat && (key === "Enter" || key === "/")) return; // the one that led here is held down
    const text = typed.replace("\n", "");
    keep(key === "Enter" ? `${text}\n` : key === "Backspace" ? [...text].slice(0, -1).join("") : text + key);
  }, true);
  addEventListener("pagehide", () => {
    try {
      if (dataset.typed !== undefined) sessionStorage["castsite.typed"] = dataset.typed;
    } catch {
      // storage is refused
    }
    leave(); // whoever comes back is not on the way
  });
})();

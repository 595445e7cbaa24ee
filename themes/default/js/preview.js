// Film strips, fetched when pointer or focus first reach something that has one.

const met = new WeakSet();

/** @param {Event} event */
async function meet(event) {
  const place = event.target instanceof Element && event.target.closest("[data-scrub], .shot[data-film]");
  if (!(place instanceof HTMLElement) || met.has(place)) return;
  if (event instanceof PointerEvent && event.pointerType === "touch") return;
  met.add(place);
  try {
    (await import("./film.js")).open(place, event);
  } catch {
    // it could not be fetched: the next visit tries again
    met.delete(place);
  }
}

for (const name of ["pointerover", "focusin"]) document.addEventListener(name, meet);

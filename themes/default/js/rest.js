// Long work in slices: `await rest()` between two steps lets the browser draw when a slice is used up.

const SLICE = 6; // milliseconds

let until = 0;

/** Waits until the page was drawn, or would have been where nobody sees it. */
export async function frame() {
  await new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 100);
  });
}

export async function rest() {
  if (performance.now() < until) return;
  await new Promise((resolve) => setTimeout(resolve));
  until = performance.now() + SLICE;
}

// Long work in slices: `await rest()` between two steps lets the browser draw when a slice is used up.

const SLICE = 6; // milliseconds

let until = 0;

export async function rest() {
  if (performance.now() < until) return;
  await new Promise((resolve) => setTimeout(resolve));
  until = performance.now() + SLICE;
}

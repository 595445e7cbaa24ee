// One short line for everybody, read out by screen readers; gone after a moment.

const SHOWN = 1800; // milliseconds

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} text */
export function say(text) {
  const toast = document.querySelector("[data-toast]");
  if (!toast) return;
  toast.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => toast.replaceChildren(), SHOWN);
}

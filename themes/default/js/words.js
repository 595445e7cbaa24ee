// Texts of the interface, which stand in the page as JSON beside what they are for, and saying one of them.

// milliseconds
const SHOWN = 1800;

/** @type {Record<string, string | Record<string, string>> | undefined} */
let texts;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {string} name
 * @param {Record<string, string | number>} [values] `n` decides the form
 */
export function words(name, values = {}) {
  if (!texts || !(name in texts)) texts = Object.assign({}, ...[...document.querySelectorAll("[data-words]")].map((island) => JSON.parse(island.textContent ?? "")));
  const forms = texts?.[name] ?? "";
  const { lang } = document.documentElement;
  const form = () => new Intl.PluralRules(lang).select(Number(values.n));
  const text = typeof forms === "string" ? forms : (forms[form()] ?? forms.other);
  return text.replace(/\{([a-z]+)\}/g, (_, value) => values[value].toLocaleString(lang));
}

/**
 * One short line for everybody, read out by screen readers; gone after a moment.
 * @param {string} text
 */
export function say(text) {
  const toast = document.querySelector("[data-toast]");
  if (!toast) return;
  toast.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => toast.replaceChildren(), SHOWN);
}

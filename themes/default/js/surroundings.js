// Text in a frame looks like the text around it. What comes from there is judged by its form: colours, a size in pixels,
// names of typefaces, and nothing else.

const COLOUR = /^(?:#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})|#([0-9a-f])([0-9a-f])([0-9a-f])|rgba?\((\d{1,3}), (\d{1,3}), (\d{1,3})(?:, [\d.]{1,8})?\))$/i;
const SIZE = /^(\d{1,3}(?:\.\d{1,6})?)px$/;
const FAMILIES = /^[\w\s,"'-]{1,300}$/;
const SMALLEST = 11; // pixels
const LARGEST = 16; // what the bar has room for
const LIGHT = 140; // luminance of a colour, of 255, from which on what lies under it must be dark

/**
 * @param {unknown} payload
 * @param {HTMLElement} text
 */
export function fitIn(payload, text) {
  const { color, fontFamily, fontSize } = /** @type {Record<string, unknown>} */ (payload ?? {});
  const lightness = typeof color === "string" ? luminance(color) : null;
  if (lightness !== null) document.documentElement.dataset.scheme = lightness > LIGHT ? "dark" : "light";
  if (typeof fontFamily === "string" && FAMILIES.test(fontFamily)) text.style.fontFamily = fontFamily;
  const size = typeof fontSize === "string" ? SIZE.exec(fontSize) : null;
  if (size) text.style.fontSize = `${Math.min(Math.max(Number(size[1]), SMALLEST), LARGEST)}px`;
}

/**
 * How light a colour is, from 0 to 255, or null when it is none.
 * @param {string} colour
 */
function luminance(colour) {
  const found = COLOUR.exec(colour);
  if (!found) return null;
  const [red, green, blue] = found[7] ? found.slice(7, 10).map(Number) : (found[1] ? found.slice(1, 4) : found.slice(4, 7).map((digit) => digit + digit)).map((digits) => parseInt(digits, 16));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

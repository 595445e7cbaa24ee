// The controls below the stage: what the reader does with them.
import { recall } from "./remembered.js";

export const SKIPPED = 0.5; // seconds that are left of a pause while pauses are skipped
export const SLOWEST = 0.1;
export const FASTEST = 100;

/**
 * @typedef {object} Actions
 * @property {() => void} toggle
 * @property {(at: number) => void} seek
 * @property {(direction: 1 | -1) => void} step to the next or previous output
 * @property {(speed: number) => void} setSpeed
 * @property {(skip: boolean) => void} setSkip
 * @property {() => void} enlarge fills the screen, or leaves it
 * @property {() => void} explain shows the keys
 */

/**
 * @param {Element} transport
 * @param {import("./player.js").Island} island
 * @param {Actions} actions
 */
export function operate(transport, { duration, options }, actions) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (transport.querySelector(`[data-${name}]`));
  const [toggle, now, skip, scrub, full] = ["toggle", "now", "skip", "scrub", "full"].map(find);
  const slider = /** @type {HTMLInputElement} */ (scrub.querySelector("input"));
  const speed = /** @type {HTMLSelectElement} */ (find("speed"));

  const trace = scrub.querySelector(".trace");
  if (trace) {
    const played = /** @type {Element} */ (trace.cloneNode(true));
    played.classList.add("played");
    played.querySelector(".tick")?.remove();
    trace.after(played);
  }

  slider.max = String(duration);
  slider.addEventListener("input", () => actions.seek(Number(slider.value)));
  toggle.addEventListener("click", actions.toggle);
  find("back").addEventListener("click", () => actions.step(-1));
  find("on").addEventListener("click", () => actions.step(1));
  find("keys").addEventListener("click", actions.explain);
  full.addEventListener("click", actions.enlarge);
  full.hidden = !document.fullscreenEnabled;

  speed.addEventListener("change", () => actions.setSpeed(Number(speed.value)));
  skip.hidden = Boolean(options.audioUrl);
  skip.addEventListener("click", () => {
    setSkip(!settings().skip);
    actions.setSkip(settings().skip);
  });

  function settings() {
    return { speed: Number(speed.value), skip: skip.getAttribute("aria-pressed") === "true" };
  }

  /** @param {number} value */
  function setSpeed(value) {
    const written = String(value);
    if (![...speed.options].some((option) => option.value === written)) speed.add(new Option(`${written}×`, written));
    speed.value = written;
  }

  /** @param {boolean} value */
  function setSkip(value) {
    skip.setAttribute("aria-pressed", String(value));
  }

  const kept = Number(recall("speed"));
  setSpeed(kept >= SLOWEST && kept <= FASTEST ? kept : Number(options.speed) || 1);
  setSkip(recall("skip") === "on");

  return { toggle, slider, scrub, now, settings, setSpeed, setSkip };
}

// What an address asks of a recording. Each name and each value is on a list; anything else is dropped without a word.
import { seconds } from "./time.js";
import { FASTEST, SLOWEST } from "./transport.js";

const THEMES = ["asciinema", "dracula", "gruvbox-dark", "monokai", "nord", "seti", "solarized-dark", "solarized-light", "tango"];

/**
 * @typedef {object} Wishes what was not asked for, or not validly, is undefined
 * @property {number} [at] moment to begin at, in seconds
 * @property {number} [poster] moment to show until it begins
 * @property {number} [end] moment to stop at
 * @property {boolean} [autoplay]
 * @property {boolean | number} [loop] or how often it plays again
 * @property {boolean} [preload]
 * @property {number} [speed]
 * @property {number | null} [idle] longest pause in seconds; null: pauses as they are
 * @property {string} [theme]
 * @property {number} [cols] where the size is not the recording's own, as in a frame
 * @property {number} [rows]
 */

/**
 * Reads `?t=` and the parameters that asciinema.org knows; the fragment wins, since it is the later wish. A moment is
 * shown and not played unless `autoplay` says so.
 * @param {{hash: string, search: string}} address
 * @param {number} duration in seconds
 * @returns {Wishes}
 */
export function wishes(address, duration) {
  const asked = [address.hash, address.search].map((part) => new URLSearchParams(part.slice(1)));
  const first = (/** @type {string[]} */ ...names) => {
    for (const parameters of asked) for (const name of names) if (parameters.has(name)) return parameters.get(name) ?? "";
  };
  const moment = (/** @type {string[]} */ ...names) => {
    for (const parameters of asked) for (const name of names) {
      const time = seconds(parameters.get(name) ?? "");
      if (time !== null) return Math.min(time, duration);
    }
  };
  const at = moment("t", "startAt");
  const poster = seconds(/^npt:(.+)/.exec(first("poster") ?? "")?.[1] ?? "");
  const end = moment("end");
  const theme = first("theme") ?? "";
  return {
    at,
    poster: poster === null ? undefined : Math.min(poster, duration),
    end: end !== undefined && end > (at ?? 0) ? end : undefined,
    autoplay: flag(first("autoplay", "autoPlay")),
    loop: flag(first("loop")) ?? whole(first("loop"), 2, 1000),
    preload: flag(first("preload")),
    speed: number(first("speed"), SLOWEST, FASTEST),
    idle: first("idle") === "0" ? null : number(first("i", "idleTimeLimit", "idle"), 0.01, 86400),
    theme: THEMES.includes(theme) ? theme : undefined,
    cols: whole(first("cols"), 1, 720),
    rows: whole(first("rows"), 1, 200),
  };
}

/** @param {string | undefined} text */
function flag(text) {
  if (text === "" || text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
}

/**
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 */
function number(text, least, most) {
  const value = /^\d{1,6}(\.\d{1,6})?$/.test(text ?? "") ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
}

/**
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 */
function whole(text, least, most) {
  return /\./.test(text ?? "") ? undefined : number(text, least, most);
}

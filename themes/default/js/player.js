// asciinema-player and the recording, fetched on first use: together they are larger than the page.

/**
 * @typedef {object} Island what the build wrote into the page for its script
 * @property {string} src address of the published recording
 * @property {string} [text] the recording itself, where it was encrypted
 * @property {{src: string, integrity: string}} script of asciinema-player
 * @property {{href: string, integrity: string}} style its style sheet
 * @property {number} duration in seconds
 * @property {Record<string, unknown>} options of the player
 */

/**
 * @typedef {object} Player the part of asciinema-player's interface that is used here
 * @property {HTMLElement} el
 * @property {() => Promise<void>} play
 * @property {() => Promise<void>} pause
 * @property {(time: number) => Promise<unknown>} seek
 * @property {() => Promise<number> | number} getCurrentTime
 * @property {(name: string, listener: () => void) => void} addEventListener
 * @property {() => void} dispose
 */

/** Options that are the page's own concern: it plays, seeks and repeats by itself, and has controls of its own. */
const OURS = ["autoPlay", "autoplay", "controls", "idleTimeLimit", "loop", "poster", "preload", "speed", "startAt"];

/**
 * Fetches all that playing needs, and gives the text of the recording: kept, so that another player needs no network.
 * @param {Island} island
 */
export async function fetchRecording(island) {
  new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); // throws where the policy forbids it; the player would stay blank
  const [text] = await Promise.all([
    island.text ?? fetchText(new URL(island.src, document.baseURI)),
    attach("link", { rel: "stylesheet", ...island.style }),
    attach("script", island.script),
    loadFont(family()),
  ]);
  return text;
}

/**
 * A player in `box`, which no other may share.
 * @param {string} text of the recording
 * @param {HTMLElement} box
 * @param {Record<string, unknown>} options
 * @returns {Player}
 */
export function createPlayer(text, box, options) {
  const kept = Object.entries(options).filter(([name]) => !OURS.includes(name));
  const steady = matchMedia("(prefers-reduced-motion: reduce)").matches ? { cursorMode: "steady" } : {};
  return globalThis.AsciinemaPlayer.create({ data: text }, box, {
    terminalFontFamily: family(),
    ...Object.fromEntries(kept),
    ...steady,
    ...(options.idleTimeLimit ? { idleTimeLimit: options.idleTimeLimit } : {}),
    speed: options.speed,
    controls: false,
    fit: "both", // whatever a resize or an option does to the proportions, it stays in the poster's box
  });
}

function family() {
  return getComputedStyle(document.documentElement).getPropertyValue("--mono").trim();
}

/** @param {URL} url */
async function fetchText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the recording did not load: ${response.status}`);
  return response.text();
}

/**
 * @param {"link" | "script"} tag
 * @param {Record<string, string>} attributes
 */
function attach(tag, attributes) {
  return new Promise((resolve, reject) => {
    /** @type {HTMLElement} */
    const node = Object.assign(document.createElement(tag), { crossOrigin: "anonymous", ...attributes });
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => {
      node.remove(); // another one is tried with the next wish
      reject(new Error(`${tag} did not load`));
    });
    document.head.append(node);
  });
}

/**
 * The player measures its cells once, when it is made.
 * @param {string} family
 */
function loadFont(family) {
  const faces = ["400", "700"].map((weight) => document.fonts.load(`${weight} 15px ${family}`));
  return Promise.allSettled(faces);
}

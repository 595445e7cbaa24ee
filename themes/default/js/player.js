// asciinema-player and the recording, fetched on first use: together they are larger than the page.

/**
 * @typedef {object} Island what the build wrote into the page for its script
 * @property {string} src address of the published recording
 * @property {string} [text] the recording itself, where it was encrypted
 * @property {string} [packed] address of the same in gzip, where it is published so, too
 * @property {string} [segments] address of its index, where a large one is published in segments as well
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

/** @typedef {{data: string} | {url: string, format: "segmented"}} Source what a player is made of */

/**
 * Fetches all that playing needs, and gives what a player is made of: kept, so that another one needs no network.
 * @param {Island} island
 * @returns {Promise<Source>}
 */
export async function fetchRecording(island) {
  new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); // throws where the policy forbids it; the player would stay blank
  const [source] = await Promise.all([
    sourceOf(island),
    attach("link", { rel: "stylesheet", ...island.style }),
    attach("script", island.script),
    loadFont(family()),
  ]);
  return source;
}

/**
 * @param {Island} island
 * @returns {Promise<Source>}
 */
async function sourceOf({ text, segments, src, packed }) {
  if (segments) return { url: new URL(segments, document.baseURI).href, format: "segmented" };
  return { data: text ?? (packed && (await fetchPacked(packed))) ?? (await (await fetched(src)).text()) };
}

/**
 * @param {string} src
 * @returns {Promise<string | undefined>} nothing where the browser cannot expand it, or the host did so already
 */
async function fetchPacked(src) {
  try {
    const { body } = await fetched(src);
    return await new Response(body?.pipeThrough(new DecompressionStream("gzip"))).text();
  } catch {
    return undefined;
  }
}

/**
 * A player in `box`, which no other may share.
 * @param {Source} source
 * @param {HTMLElement} box
 * @param {Record<string, unknown>} options
 * @param {number} [startAt] in seconds
 * @returns {Player}
 */
export function createPlayer(source, box, options, startAt) {
  const kept = Object.entries(options).filter(([name]) => !OURS.includes(name));
  const steady = matchMedia("(prefers-reduced-motion: reduce)").matches ? { cursorMode: "steady" } : {};
  return globalThis.AsciinemaPlayer.create(source, box, {
    terminalFontFamily: family(),
    ...Object.fromEntries(kept),
    ...steady,
    ...(options.idleTimeLimit ? { idleTimeLimit: options.idleTimeLimit } : {}),
    speed: options.speed,
    controls: false,
    ...(startAt && { startAt }),
    fit: "both", // whatever a resize or an option does to the proportions, it stays in the poster's box
  });
}

function family() {
  return getComputedStyle(document.documentElement).getPropertyValue("--mono").trim();
}

/** @param {string} src */
async function fetched(src) {
  const response = await fetch(new URL(src, document.baseURI));
  if (!response.ok) throw new Error(`the recording did not load: ${response.status}`);
  return response;
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

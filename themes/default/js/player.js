// asciinema-player, fetched on first use: it is larger than the page.

/**
 * @typedef {object} Island what the build wrote into the page for its script
 * @property {string} src address of the published recording
 * @property {{src: string, integrity: string}} script of asciinema-player
 * @property {{href: string, integrity: string}} style its style sheet
 * @property {number} duration in seconds
 * @property {Record<string, unknown>} options of the player
 */

/** @returns {Island} */
export function readIsland() {
  return JSON.parse(document.getElementById("castsite-player")?.textContent ?? "");
}

/** Whether the reader asked for less motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * A player in `mount` that has fetched nothing of the recording yet.
 * @param {Island} island
 * @param {HTMLElement} mount
 */
export async function createPlayer(island, mount) {
  new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); // throws where the policy forbids it; the player would stay blank
  const family = getComputedStyle(document.documentElement).getPropertyValue("--mono").trim();
  await Promise.all([
    attach("link", { rel: "stylesheet", ...island.style }),
    attach("script", island.script),
    loadFont(family),
  ]);
  // fit "both": whatever a resize or an option does to the proportions, it stays in the poster's box
  const options = { fit: "both", terminalFontFamily: family, ...island.options };
  if (calm.matches) Object.assign(options, { cursorMode: "steady" });
  // always an object: the player takes some bare strings for names of drivers
  return globalThis.AsciinemaPlayer.create({ url: new URL(island.src, document.baseURI).href }, mount, options);
}

/**
 * @param {"link" | "script"} tag
 * @param {Record<string, string>} attributes
 */
function attach(tag, attributes) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(tag), { crossOrigin: "anonymous", ...attributes });
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => reject(new Error(`${tag} did not load`)));
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

// The page of one recording. Here is what must listen from the start; what acts is fetched with the first wish.
import { offerCopies } from "./copy.js";
import { showFault } from "./fault.js";
import { listen } from "./keys.js";
import "./preview.js";
import { operate } from "./transport.js";

/** @typedef {import("./player.js").Island} Island */
/** @typedef {ReturnType<typeof import("./watching.js").watch>} Watching */

/** @type {Island} */
const island = JSON.parse(document.getElementById("castsite-player")?.textContent ?? "");
const { duration, options } = island;
const stage = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
const transport = /** @type {HTMLElement} */ (document.querySelector("[data-transport]"));

/** @type {Promise<Watching> | undefined} */
let loading;

/** @returns {Promise<Watching | undefined>} nothing where it could not be fetched: the next wish tries again */
async function load() {
  loading ??= import("./watching.js").then(({ watch }) => watch(island, stage, controls));
  try {
    return await loading;
  } catch {
    loading = undefined;
  }
}

/**
 * @template {keyof Watching} Name
 * @param {Name} name
 * @returns {(...wish: Parameters<Watching[Name]>) => void}
 */
function later(name) {
  return async (...wish) => {
    const act = /** @type {((...wish: Parameters<Watching[Name]>) => void) | undefined} */ ((await load())?.[name]);
    if (act) act(...wish);
    else showFault(stage);
  };
}

const actions = {
  toggle: later("toggle"),
  seek: later("seek"),
  move: later("move"),
  chapter: later("chapter"),
  step: later("step"),
  setSpeed: later("setSpeed"),
  setSkip: later("setSkip"),
  enlarge: later("enlarge"),
  explain: later("explain"),
};
const controls = operate(transport, island, actions);
listen(duration, actions);
offerCopies(document);

const [start, follow, visit] = [later("start"), later("follow"), later("visit")];
stage.querySelector("[data-play]")?.addEventListener("click", () => start());
for (const name of ["pointerenter", "focusin"]) stage.addEventListener(name, load, { once: true });

const captions = /** @type {HTMLElement | null} */ (document.querySelector("[data-captions]"));
if (captions) import("./captions.js").then(({ offerCaptions }) => offerCaptions(captions), () => {}); // they stand among the files

const part = document.querySelector(".strip [aria-current]")?.closest("li"); // a series may be wider than the window
const strip = part?.parentElement;
if (part && strip) strip.scrollLeft = part.offsetLeft - (strip.clientWidth - part.offsetWidth) / 2;

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.origin !== location.origin || link.pathname !== location.pathname) return;
  if (!/[?#&]t=[\d:.]+(?:[&#]|$)/.test(link.search + link.hash)) return;
  event.preventDefault();
  follow(link);
});
document.addEventListener("castsite:seek", (event) => {
  if (event instanceof CustomEvent) visit(event.detail);
});
addEventListener("hashchange", () => {
  if (/[#&]t=/.test(location.hash)) follow({ hash: location.hash, search: "" });
});

if (location.search || location.hash.includes("t=") || options.autoPlay || options.preload || options.startAt) load();

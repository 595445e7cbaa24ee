// The page of one recording: the poster becomes the player on first use, and every time on the page leads into it.
import { offerCopies } from "./copy.js";
import { follow, track } from "./follow.js";
import { calm, createPlayer, readIsland } from "./player.js";
import { wanted } from "./time.js";

const PATIENCE = 5000; // milliseconds until the reader is told that nothing comes

const island = readIsland();
const stage = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
const mount = /** @type {HTMLElement} */ (stage.querySelector("[data-mount]"));
const button = /** @type {HTMLButtonElement} */ (stage.querySelector("[data-play]"));
const tracks = [".log > li", ".outline > li"].map((selector) => track(document.querySelectorAll(selector)));
const show = (/** @type {number} */ time) => tracks.forEach((mark) => mark(time));

/** @type {Promise<any> | undefined} */
let making;

async function make() {
  const player = await createPlayer(island, mount);
  follow(player, show);
  player.addEventListener("error", fail);
  player.addEventListener("playing", () => setState("played"));
  return player;
}

/**
 * Goes to a moment, and plays on from there when asked to. Without a moment it stays where it is.
 * @param {{at?: number | null, play?: boolean}} wish
 */
async function go({ at = null, play = false }) {
  setState("loading");
  const late = setTimeout(fail, PATIENCE);
  try {
    making ??= make();
    const player = await making;
    if (at !== null) await player.seek(at + 0.001); // a hair later: what is printed at that moment is to be seen
    if (play) await player.play();
    arrive(play ? "played" : "shown");
    if (play) mount.querySelector(".ap-wrapper")?.focus({ preventScroll: true });
  } catch {
    making = undefined; // the next try begins anew
    fail();
  } finally {
    clearTimeout(late);
  }
}

/** @param {"loading" | "shown" | "played" | "failed"} state */
function setState(state) {
  if (stage.dataset.state !== "played" || state === "failed") stage.dataset.state = state;
  mount.inert = stage.dataset.state !== "played"; // until then the one control is our Play
}

/** @param {"shown" | "played"} state */
function arrive(state) {
  stage.querySelector(".fault")?.remove(); // it only took long
  setState(state);
}

function fail() {
  setState("failed");
  const note = document.querySelector("template[data-fault]");
  if (note instanceof HTMLTemplateElement && !stage.querySelector(".fault")) stage.append(note.content.cloneNode(true));
}

/** @param {number} time */
function visit(time) {
  show(time);
  stage.scrollIntoView({ block: "nearest" });
  go({ at: time });
}

button.addEventListener("click", () => go({ play: true }));
button.hidden = false;
offerCopies(document);

const part = document.querySelector(".strip [aria-current]")?.closest("li"); // a series may be wider than the window
const strip = part?.parentElement;
if (part && strip) strip.scrollLeft = part.offsetLeft - (strip.clientWidth - part.offsetWidth) / 2;

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href*="t="]') : null;
  if (!(link instanceof HTMLAnchorElement) || !here(link)) return;
  const time = wanted(link, island.duration);
  if (time === null) return;
  event.preventDefault();
  visit(time);
});

/** @param {HTMLAnchorElement} link */
function here(link) {
  return link.origin === location.origin && link.pathname === location.pathname;
}

addEventListener("hashchange", () => {
  const time = wanted(location, island.duration);
  if (time !== null && location.hash.includes("t=")) visit(time);
});

const asked = wanted(location, island.duration);
if (asked !== null) show(asked);
if (island.options.autoPlay && !calm.matches) go({ at: asked, play: true });
else if (asked !== null || island.options.preload) go({ at: asked });

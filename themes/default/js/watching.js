// What a reader can do with a recording: fetched with the first wish.
import { Deck } from "./deck.js";
import { track } from "./follow.js";
import { showing } from "./progress.js";
import { remember } from "./remembered.js";
import { SKIPPED } from "./transport.js";
import { wishes } from "./wishes.js";
import { say, words } from "./words.js";

// seconds after its start in which a chapter's predecessor is meant by "previous"
const AGAIN = 1;

/**
 * @param {import("./player.js").Island} island
 * @param {HTMLElement} stage
 * @param {ReturnType<typeof import("./transport.js").operate>} controls
 * @param {import("./wishes.js").Wishes} [asked] what the address asks for
 */
export function watch(island, stage, controls, asked = wishes(location, island.duration)) {
  const { duration, options } = island;
  const outline = track(document.querySelectorAll(".outline > li"));
  const log = track(document.querySelectorAll(".log > li"));
  const next = document.querySelector("template[data-next]");
  const play = stage.querySelector("[data-play]");
  const transport = controls.toggle.closest("[data-transport]");
  const progress = showing(controls, duration);
  // that it was paused because it went out of sight
  let forget = () => {};
  // the offer of the next part
  let close = () => {};
  let turn = 0;

  // what an address says comes before what the reader once chose, and that before the author
  if (asked.speed) controls.setSpeed(asked.speed);
  if (asked.idle !== undefined) controls.setSkip(asked.idle !== null);
  const { speed, skip } = controls.settings();
  const settings = { speed, idle: asked.idle ?? (skip ? SKIPPED : null), theme: asked.theme };
  const deck = new Deck(island, stage, settings, { time: show, playing: setPlaying, ended: offer, made: attend });

  /** @param {number} time */
  function show(time) {
    log.show(time);
    progress.show(time, outline.show(time)?.querySelector(".chapter-link span + span")?.textContent ?? "");
    document.dispatchEvent(new CustomEvent("castsite:time", { detail: { time } }));
  }

  /** @param {boolean} playing */
  function setPlaying(playing) {
    progress.setPlaying(playing);
    if (playing) stay();
  }

  /** Scrolls so far that the controls are in the window, and no farther than to the top of the stage. */
  function bring() {
    const bottom = transport?.getBoundingClientRect().bottom ?? 0;
    const by = Math.min(bottom - innerHeight, stage.getBoundingClientRect().top);
    if (by > 0) scrollBy({ top: by, behavior: "instant" });
  }

  /** Whether the stage is in the window, or above it. */
  function near() {
    return stage.getBoundingClientRect().top < innerHeight;
  }

  function toggle() {
    forget();
    if (!deck.playing && near()) bring();
    deck.go({ play: !deck.playing });
  }

  function start() {
    bring();
    const focused = play === document.activeElement;
    const shown = play?.matches(":focus-visible");
    deck.go({ play: true });
    if (focused) controls.toggle.focus({ preventScroll: true });
    // a low window has no room for both
    if (shown) controls.toggle.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /** @param {number} at */
  function seek(at) {
    deck.clip = undefined; // whoever looks around is no longer held to it
    stay();
    return deck.go({ at: Math.max(0, Math.min(at, duration)) });
  }

  /** @param {number} by */
  function move(by) {
    return seek(deck.time + by);
  }

  /** @param {1 | -1} direction */
  function chapter(direction) {
    const starts = outline.starts.map(({ from }) => from);
    const now = starts.findLast((from) => from <= deck.time + 0.05) ?? 0;
    const back = deck.time > now + AGAIN ? now : (starts.findLast((from) => from < now) ?? 0);
    return seek(direction < 0 ? back : (starts.find((from) => from > deck.time + 0.05) ?? duration));
  }

  /** @param {1 | -1} direction */
  async function step(direction) {
    if (deck.playing) await deck.go({ play: false });
    const outputs = await deck.outputs();
    const { neighbour } = await import("./cast.js");
    const at = neighbour(outputs, deck.time, direction);
    if (at !== undefined) await seek(at);
  }

  /** @param {number} speed */
  function setSpeed(speed) {
    remember("speed", String(speed));
    return deck.change({ speed });
  }

  /** @param {boolean} skip */
  function setSkip(skip) {
    remember("skip", skip ? "on" : "off");
    return deck.change({ idle: skip ? SKIPPED : null });
  }

  function enlarge() {
    if (document.fullscreenElement) document.exitFullscreen();
    else stage.closest("[data-screening]")?.requestFullscreen?.();
  }

  async function explain() {
    (await import("./keymap.js")).showKeys();
  }

  async function offer() {
    stay();
    const mine = turn;
    if (!(next instanceof HTMLTemplateElement) || !transport) return;
    const { offerNext } = await import("./onward.js");
    if (mine !== turn) return;
    close = offerNext(next, transport);
    if (near()) bring();
  }

  /** The reader is still here: no next part, and none that is about to be offered. */
  function stay() {
    turn += 1;
    close();
    close = () => {};
  }

  /** @param {boolean} first */
  async function attend(first) {
    if (!first) return;
    const { followColours, pauseOutOfSight } = await import("./attend.js");
    forget = pauseOutOfSight(deck);
    followColours(deck);
  }

  /** @param {{time: number, end?: number, play?: boolean}} moment */
  function visit({ time, end, play }) {
    if (!Number.isFinite(time)) return;
    stage.scrollIntoView({ block: "nearest" });
    bring();
    stay();
    deck.clip = end !== undefined && end > time ? { from: time, end } : undefined;
    deck.go({ at: time, ...(play && { play }) });
  }

  /** @param {{hash: string, search: string}} address */
  function follow(address) {
    const { at, end } = wishes(address, duration);
    if (at !== undefined) visit({ time: at, end });
  }

  stage.addEventListener("castsite:slow", () => say(words("loading")));

  const repeated = asked.loop ?? options.loop;
  deck.loop = typeof repeated === "number" ? repeated : repeated ? Infinity : 0;
  if (asked.end !== undefined) deck.clip = { from: asked.at ?? 0, end: asked.end };
  if (asked.at === undefined && typeof options.startAt === "number") deck.begin(options.startAt);
  const autoplay = (asked.autoplay ?? options.autoPlay) && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (autoplay || asked.at !== undefined) bring();
  if (autoplay) deck.go({ ...(asked.at !== undefined && { at: asked.at }), play: true });
  else if (asked.poster !== undefined) {
    if (asked.at !== undefined) deck.begin(asked.at);
    deck.preview(asked.poster);
  } else if (asked.at !== undefined) deck.go({ at: asked.at });
  else if (asked.preload ?? options.preload) deck.go({});

  return { chapter, enlarge, explain, follow, move, seek, setSkip, setSpeed, start, step, toggle, visit };
}

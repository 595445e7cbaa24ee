// The film strip: what stood on the screen at the moment that is pointed at, over the scrubber and on gallery frames.
import { clock } from "./time.js";

const GAP = 8; // pixels between the preview, the scrubber and the window's edges

/** @typedef {{box: HTMLElement, show: (share: number) => void}} Film a box as large as a still; shows a share of the time */

/** @type {Map<string, Promise<Film>>} */
const films = new Map();

/**
 * Each film is fetched once.
 * @param {string} src
 * @param {string} map the still of each slice of the duration, `a` is the uppermost
 */
function load(src, map) {
  const film = films.get(src) ?? make(src, map);
  films.set(src, film);
  film.catch(() => films.delete(src));
  return film;
}

/**
 * @param {string} src
 * @param {string} map
 */
async function make(src, map) {
  const slices = [...map].map((letter) => letter.charCodeAt(0) - 97);
  const count = Math.max(...slices) + 1;
  const [box, image] = [build("div", "still"), new Image()];
  await new Promise((resolve, reject) => Object.assign(image, { alt: "", onload: resolve, onerror: reject, src }));
  image.style.blockSize = `${100 * count}%`;
  box.style.setProperty("--ratio", String((image.naturalWidth / image.naturalHeight) * count));
  box.append(image);
  return {
    box,
    show(/** @type {number} */ share) {
      const slice = Math.min(Math.floor(share * slices.length), slices.length - 1);
      image.style.insetBlockStart = `${-100 * slices[slice]}%`;
    },
  };
}

/**
 * @param {HTMLElement} place a scrubber or a frame
 * @param {Event} event that reached it
 */
export function open(place, event) {
  const { film, filmMap } = place.dataset;
  if (film && filmMap) onFrame(place, event, film, filmMap);
  else onScrubber(place, event);
}

/**
 * While the pointer is on a frame, a still lies over its poster.
 * @param {HTMLElement} shot
 * @param {Event} first
 * @param {string} src
 * @param {string} map
 */
function onFrame(shot, first, src, map) {
  const cover = build("div", "cover");
  let share = 0;
  let over = false;
  const draw = (/** @type {Film} */ film) => {
    if (!over) return;
    film.show(share);
    if (cover.isConnected) return;
    cover.append(film.box);
    shot.append(cover);
  };
  const move = (/** @type {Event} */ event) => {
    if (!(event instanceof PointerEvent) || event.pointerType === "touch") return;
    over = true;
    share = shareAt(shot, event.clientX);
    load(src, map).then(draw, () => {});
  };
  shot.addEventListener("pointermove", move);
  shot.addEventListener("pointerleave", () => {
    over = false;
    cover.remove();
  });
  if (shot.matches(":hover")) move(first);
}

/**
 * Over the scrubber, a still follows the pointer; while the keyboard is on it, the thumb.
 * @param {HTMLElement} scrub
 * @param {Event} first
 */
function onScrubber(scrub, first) {
  const { film: source, duration } = JSON.parse(document.getElementById("castsite-player")?.textContent ?? "{}");
  const slider = scrub.querySelector("input");
  if (!source || !slider) return;
  const [preview, time] = [build("div", "preview"), build("span", "tc")];
  preview.setAttribute("aria-hidden", "true");
  /** @type {number | null} */
  let wish = null;
  const draw = (/** @type {Film} */ film) => {
    if (wish === null) return;
    film.show(wish);
    time.textContent = clock(wish * duration);
    if (!preview.isConnected) {
      preview.append(film.box, time);
      scrub.append(preview);
    }
    const { left, top, bottom, width } = scrub.getBoundingClientRect();
    const room = document.documentElement.clientWidth - preview.offsetWidth - GAP;
    const above = top - preview.offsetHeight - GAP;
    const middle = left + wish * width - preview.offsetWidth / 2;
    preview.style.left = `${Math.max(GAP, Math.min(middle, room))}px`;
    preview.style.top = `${above < 0 ? bottom + GAP : above}px`;
  };
  const want = (/** @type {number} */ share) => {
    wish = share;
    load(source.src, source.map).then(draw, () => {});
  };
  const hide = () => {
    wish = null;
    preview.remove();
  };
  const point = (/** @type {Event} */ event) => {
    if (event instanceof PointerEvent && event.pointerType !== "touch") want(shareAt(scrub, event.clientX));
  };
  const follow = () => {
    if (scrub.matches(":hover")) return;
    if (document.querySelector("[data-toggle][data-playing]")) hide(); // it is seen in large
    else if (slider.matches(":focus-visible")) want(Number(slider.value) / duration);
  };
  scrub.addEventListener("pointermove", point);
  for (const name of ["pointerleave", "focusout"]) scrub.addEventListener(name, hide);
  for (const name of ["focusin", "input"]) scrub.addEventListener(name, follow);
  new MutationObserver(follow).observe(scrub, { attributeFilter: ["style"] }); // keys that the page hears
  addEventListener("scroll", follow);
  if (scrub.matches(":hover")) point(first);
  follow();
}

/**
 * @param {HTMLElement} place
 * @param {number} x
 */
function shareAt(place, x) {
  const { left, width } = place.getBoundingClientRect();
  return Math.max(0, Math.min((x - left) / width, 1));
}

/**
 * @param {"div" | "span"} tag
 * @param {string} name
 */
function build(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

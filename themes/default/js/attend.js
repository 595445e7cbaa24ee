// What happens around a playing recording: it leaves the window, or its colours change.

/** @typedef {import("./deck.js").Deck} Deck */

/**
 * Pauses when the stage leaves the window, and plays on when it comes back if nobody paused it meanwhile. Who presses
 * play while it is out of sight reads along: that is left alone until it was in sight again.
 * @param {Deck} deck
 */
export function pauseOutOfSight(deck) {
  let paused = false;
  const observer = new IntersectionObserver((entries) => {
    const seen = entries[entries.length - 1].isIntersecting;
    if (!seen && deck.playing) {
      paused = true;
      deck.go({ play: false });
    } else if (seen && paused) {
      paused = false;
      if (!deck.playing) deck.go({ play: true });
    }
  });
  observer.observe(deck.stage);
  return () => {
    paused = false;
  };
}

/**
 * The player reads its colours once. When those of its theme change with the light, another one takes its place.
 * @param {Deck} deck
 */
export function followColours(deck) {
  const colours = () => {
    const style = getComputedStyle(deck.mount.querySelector(".ap-player") ?? deck.mount);
    return ["foreground", "background", ...Array(16).keys()].map((name) => style.getPropertyValue(`--term-color-${name}`)).join();
  };
  let shown = colours();
  const compare = () => {
    if (document.fullscreenElement) return; // again when that ends
    const now = colours();
    if (now === shown) return;
    shown = now;
    deck.change({});
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", compare);
  new MutationObserver(compare).observe(document.documentElement, { attributeFilter: ["data-scheme"] });
  document.addEventListener("fullscreenchange", compare);
}

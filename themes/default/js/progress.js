// What the controls show while a recording plays.
import { clock } from "./time.js";
import { words } from "./words.js";

/**
 * @param {ReturnType<typeof import("./transport.js").operate>} controls
 * @param {number} duration in seconds
 */
export function showing({ toggle, slider, scrub, now }, duration) {
  const length = clock(duration);
  let said = "";
  return {
    /**
     * @param {number} time
     * @param {string} chapter or nothing
     */
    show(time, chapter) {
      slider.value = String(time);
      scrub.style.setProperty("--played", String(duration ? time / duration : 0));
      const at = clock(time);
      const text = words(chapter ? "position_in" : "position_of", { at, length, chapter });
      if (text === said) return;
      said = text;
      now.textContent = at;
      slider.setAttribute("aria-valuetext", text);
    },
    /** @param {boolean} playing */
    setPlaying(playing) {
      toggle.setAttribute("aria-label", words(playing ? "pause" : "play"));
      toggle.toggleAttribute("data-playing", playing);
    },
  };
}

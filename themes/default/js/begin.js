// What must listen from the start on a page that plays a recording; what acts is fetched with the first wish.
import { listen } from "./keys.js";
import { operate } from "./transport.js";

/** @typedef {import("./player.js").Island} Island */
/** @typedef {import("./wishes.js").Wishes} Wishes */
/** @typedef {ReturnType<typeof import("./watching.js").watch>} Watching */

/** @param {(island: Island) => Promise<Wishes>} [read] what the page's address asks for, where that is read differently */
export function begin(read) {
  /** @type {Island} */
  const island = JSON.parse(document.getElementById("castsite-player")?.textContent ?? "");
  const { duration, options } = island;
  const stage = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
  const transport = /** @type {HTMLElement} */ (document.querySelector("[data-transport]"));

  /** Says that it does not play, and what else there is; once, until it does. */
  function fail() {
    const note = document.querySelector("template[data-fault]");
    if (note instanceof HTMLTemplateElement && !stage.querySelector(".fault")) stage.append(note.content.cloneNode(true));
  }

  stage.addEventListener("castsite:fault", fail);

  /** @type {Promise<Watching> | undefined} */
  let loading;
  const fetched = async () => (await import("./watching.js")).watch(island, stage, controls, await read?.(island));

  /** @returns {Promise<Watching | undefined>} nothing where it could not be fetched: the next wish tries again */
  async function load() {
    try {
      return await (loading ??= fetched());
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
      else fail();
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

  const start = later("start");
  stage.querySelector("[data-play]")?.addEventListener("click", () => start());
  for (const name of ["pointerenter", "focusin"]) stage.addEventListener(name, load, { once: true });
  if (location.search || location.hash.includes("t=") || options.autoPlay || options.preload || options.startAt) load();
  return { later, stage };
}

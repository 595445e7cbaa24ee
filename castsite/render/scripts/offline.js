// The script of a recording that stands in a file of its own. Opened as a file, a page runs no modules and fetches
// nothing: this is one classic script, and the recording is in the page. All times are seconds.
(() => {
  /**
   * @typedef {object} Offline what the file holds for its script
   * @property {string} cast the recording
   * @property {string} name to keep it under
   * @property {number} duration
   * @property {Record<string, unknown>} options of the player
   */

  // options that are the page's own concern
  const OURS = ["autoPlay", "autoplay", "controls", "idleTimeLimit", "loop", "poster", "preload", "startAt"];
  const EVERY = 80; // milliseconds between two looks at the time: the player has no event for it
  const HAIR = 0.001; // what is printed at the very moment is to be seen
  const NEAR = 0.05; // what begins in a moment has begun
  const STEP = 5; // that an arrow goes back or on
  const SHOWN = 1800; // milliseconds that a message is seen

  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
  const all = (/** @type {string} */ selector) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);
  const read = (/** @type {string} */ selector) => JSON.parse(find(selector).textContent ?? "");

  const { cast, name, duration, options } = /** @type {Offline} */ (read("#castsite-offline"));
  const words = /** @type {Record<string, string>} */ (read("[data-words]"));
  const [stage, mount, scrub, toggle, full, toast] = ["stage", "mount", "scrub", "toggle", "full", "toast"].map((one) => find(`[data-${one}]`));
  const slider = /** @type {HTMLInputElement} */ (scrub.querySelector("input"));
  const markLine = marking(all(".log > li"));
  const markEntry = marking(all(".outline > li"));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** @type {Player | undefined} */
  let player;
  /** @type {{at?: number, play?: boolean}} */
  let wish = {};
  /** @type {Promise<void> | undefined} */
  let busy;
  let [time, playing, timer, quiet] = [0, false, 0, 0];
  let again = options.loop === true ? Infinity : Number(options.loop) || 0;

  // ---- playing

  /** @param {{at?: number, play?: boolean}} next wishes that come while one is under way become one */
  function go(next) {
    wish = { ...wish, ...next };
    if (next.at !== undefined) show(next.at);
    busy ??= fulfil().finally(() => {
      busy = undefined;
    });
  }

  async function fulfil() {
    if (!player) setState("loading");
    try {
      player ??= await make();
      if (stage.dataset.state !== "played") setState("shown");
      while (Object.keys(wish).length) {
        const { at, play } = wish;
        wish = {};
        if (at !== undefined) await player.seek(at + HAIR);
        if (play) await player.play();
        else if (play === false) await player.pause();
      }
    } catch {
      fail();
    }
  }

  async function make() {
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); // throws where it is forbidden; the player would stay blank
    const family = getComputedStyle(document.documentElement).getPropertyValue("--mono").trim();
    await Promise.allSettled(["400", "700"].map((weight) => document.fonts.load(`${weight} 15px ${family}`)));
    const box = document.createElement("div");
    box.className = "screen";
    box.dataset.new = "";
    mount.append(box);
    const kept = Object.entries(options).filter(([option]) => !OURS.includes(option));
    const made = AsciinemaPlayer.create({ data: cast }, box, {
      terminalFontFamily: family,
      ...Object.fromEntries(kept),
      ...(still && { cursorMode: "steady" }),
      controls: false,
      fit: "both",
    });
    made.addEventListener("error", fail);
    made.addEventListener("playing", () => setPlaying(true));
    made.addEventListener("pause", () => setPlaying(false));
    made.addEventListener("ended", end);
    await made.seek(time + HAIR); // reads the recording as well
    delete box.dataset.new;
    return made;
  }

  /** @param {boolean} now */
  function setPlaying(now) {
    playing = now;
    toggle.setAttribute("aria-label", now ? words.pause : words.play);
    toggle.toggleAttribute("data-playing", now);
    if (!now) return;
    setState("played");
    watch();
  }

  async function watch() {
    clearTimeout(timer);
    if (!player || !playing) return;
    const at = await player.getCurrentTime();
    if (playing && !busy) show(at);
    timer = setTimeout(watch, EVERY);
  }

  function end() {
    const played = playing;
    setPlaying(false);
    if (!played) return; // a seek to the end
    show(duration);
    if (again > 0) {
      again -= 1;
      go({ at: 0, play: true });
    }
  }

  /** @param {"loading" | "shown" | "played" | "failed"} state */
  function setState(state) {
    stage.dataset.state = state;
    mount.inert = state !== "played"; // until then the one control of the stage is its Play
  }

  function fail() {
    player?.dispose();
    player = undefined;
    wish = {};
    mount.replaceChildren();
    setPlaying(false);
    setState("failed");
    const note = find("template[data-fault]");
    if (note instanceof HTMLTemplateElement && !stage.querySelector(".fault")) stage.append(note.content.cloneNode(true));
  }

  // ---- what is shown of it

  /** @param {number} at */
  function show(at) {
    time = Math.max(0, Math.min(at, duration));
    slider.value = String(time);
    scrub.style.setProperty("--played", String(duration ? time / duration : 0));
    markLine(time);
    const chapter = markEntry(time)?.querySelector(".chapter-link span + span")?.textContent ?? "";
    const [now, length] = [clock(time), clock(duration)];
    find("[data-now]").textContent = now;
    const said = { at: now, length, chapter };
    const text = (chapter ? words.position_in : words.position_of).replace(/\{(at|length|chapter)\}/g, (_, value) => said[/** @type {keyof said} */ (value)]);
    if (slider.getAttribute("aria-valuetext") !== text) slider.setAttribute("aria-valuetext", text);
  }

  /**
   * Marks the last of the entries that have begun, each with its second in `data-from`.
   * @param {HTMLElement[]} entries
   */
  function marking(entries) {
    const starts = entries.map((entry) => ({ entry, from: Number(entry.dataset.from) })).sort((a, b) => a.from - b.from);
    /** @type {HTMLElement | undefined} */
    let current;
    return (/** @type {number} */ at) => {
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (starts[middle].from <= at + NEAR) low = middle + 1;
        else high = middle;
      }
      const now = starts[low - 1]?.entry;
      if (now !== current) {
        current?.removeAttribute("aria-current");
        now?.setAttribute("aria-current", "true");
        current = now;
      }
      return now;
    };
  }

  /** @param {number} at */
  function clock(at) {
    const whole = Math.floor(at + 0.0005);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map(String);
    const tail = `:${rest.padStart(2, "0")}`;
    return hours === "0" ? minutes + tail : `${hours}:${minutes.padStart(2, "0")}${tail}`;
  }

  /**
   * The moment that the part of an address after `?` or `#` names: `t=12.5`, `t=1:05`, `t=1:02:03`.
   * @param {string} part
   */
  function moment(part) {
    const match = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)$/.exec(new URLSearchParams(part.slice(1)).get("t") ?? "");
    if (!match) return undefined;
    const [hours, minutes, rest] = match.slice(1).map((one) => Number(one ?? 0));
    return Math.min(hours * 3600 + minutes * 60 + rest, duration);
  }

  // ---- what the reader does

  function enlarge() {
    if (document.fullscreenElement) document.exitFullscreen();
    else stage.closest("[data-screening]")?.requestFullscreen?.();
  }

  /** @param {string} text read out by screen readers, gone after a moment */
  function say(text) {
    toast.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => toast.replaceChildren(), SHOWN);
  }

  /** @param {HTMLElement} button */
  async function copy(button) {
    const text = button.dataset.copy || (button.parentElement?.querySelector("code")?.textContent ?? "");
    const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    say(copied ? words.copied : words.copy_refused);
  }

  function save() {
    const href = URL.createObjectURL(new Blob([cast], { type: "application/x-asciicast" }));
    Object.assign(document.createElement("a"), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser may take its time
  }

  /** @param {string} link */
  function follow(link) {
    const at = moment(link);
    if (at === undefined) return false;
    stage.scrollIntoView({ block: "nearest" });
    go({ at });
    return true;
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    " ": () => go({ play: !playing }),
    ArrowLeft: () => go({ at: time - STEP }),
    ArrowRight: () => go({ at: time + STEP }),
    f: enlarge,
  };
  for (let digit = 0; digit < 10; digit += 1) keys[digit] = () => go({ at: (digit * duration) / 10 });

  /** @param {KeyboardEvent} event the player gets none of these, wherever the focus is */
  function hear(event) {
    const deed = keys[event.key];
    const pressed = event.key === " " && event.target instanceof Element && event.target.closest("button, summary");
    if (!deed || pressed || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  const played = /** @type {Element | undefined} */ (scrub.querySelector(".trace")?.cloneNode(true));
  played?.classList.add("played");
  played?.querySelector(".tick")?.remove();
  if (played) scrub.querySelector(".trace")?.after(played);
  slider.max = String(duration);
  slider.addEventListener("input", () => go({ at: Number(slider.value) }));
  toggle.addEventListener("click", () => go({ play: !playing }));
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", enlarge);
  find("[data-save]").addEventListener("click", save);
  find("[data-play]").addEventListener("click", () => {
    go({ play: true });
    toggle.focus({ preventScroll: true });
  });
  for (const button of navigator.clipboard ? all("button[data-copy]") : []) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  document.addEventListener("keydown", hear, { capture: true });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a")?.getAttribute("href");
    if (link && link.startsWith("#") && follow(link)) event.preventDefault();
    const row = target?.closest("a, button") ? null : target?.closest(".log > li");
    // whoever selects letters of a line wants to copy them
    if (row instanceof HTMLElement && getSelection()?.isCollapsed) go({ at: Number(row.dataset.from) });
  });
  addEventListener("hashchange", () => follow(location.hash));

  const asked = moment(location.hash) ?? moment(location.search);
  if (asked !== undefined) go({ at: asked });
  else if (typeof options.startAt === "number") show(options.startAt);
  if (options.autoPlay && !still) go({ play: true });
})();

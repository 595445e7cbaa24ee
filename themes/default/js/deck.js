// Plays a recording in the stage. The player cannot change its speed or its limit for pauses: another one takes its place
// then, at the same moment, and what was fetched stays. All times are seconds on the played timeline.

/** @typedef {import("./player.js").Island} Island */
/** @typedef {import("./player.js").Player} Player */
/** @typedef {import("./cast.js").Timeline} Timeline */
/** @typedef {{at?: number, play?: boolean}} Wish */
/** @typedef {{speed: number, idle: number | null, theme?: string}} Settings `idle`: longest pause in seconds */
/** @typedef {{player: Player, box: HTMLElement, timeline: Timeline}} Made */

/**
 * @typedef {object} Told who is told
 * @property {(time: number) => void} time
 * @property {(playing: boolean) => void} playing
 * @property {() => void} ended
 * @property {(first: boolean) => void} made a player, the page's first or another
 */

// milliseconds between two looks at the time: the player has no event for it
const EVERY = 80;
// milliseconds until the reader is told that something is still to come, and that nothing comes
const SLOW = 1000;
const PATIENCE = 5000;
// seconds: what is printed at the very moment is to be seen
const HAIR = 0.001;

export class Deck {
  time = 0;
  playing = false;
  /** @type {{from: number, end: number} | undefined} plays up to `end`, once; who goes on after that goes on */
  clip;
  /** how often it plays again @type {number} */
  loop = 0;

  /** @type {Made | undefined} */
  #made;
  /** @type {import("./player.js").Source | undefined} */
  #source;
  /** @type {import("./segments.js").Segmented | undefined} */
  #segmented;
  /** @type {import("./cast.js").Times | undefined} */
  #times;
  /** @type {Wish | undefined} */
  #wish;
  /** @type {Promise<void> | undefined} */
  #busy;
  #stale = false;
  #moving = false; // another player takes its place: what the old one says is not said to the reader
  #met = false;
  #previewed = false; // what is shown is not the moment at which it begins
  #timer = 0;

  /**
   * @param {Island} island
   * @param {HTMLElement} stage
   * @param {Settings} settings
   * @param {Told} told
   */
  constructor(island, stage, settings, told) {
    this.island = island;
    this.stage = stage;
    this.settings = settings;
    this.told = told;
    this.mount = /** @type {HTMLElement} */ (stage.querySelector("[data-mount]"));
  }

  /**
   * Goes to a moment, and plays or pauses when asked to. Wishes that come while it is under way become one.
   * @param {Wish} wish
   * @returns {Promise<void>}
   */
  go(wish) {
    const begin = this.#previewed && wish.play && { at: this.time };
    if (begin || wish.at !== undefined) this.#previewed = false;
    this.#wish = { ...this.#wish, ...begin, ...wish };
    if (wish.at !== undefined) this.#tell(wish.at);
    return (this.#busy ??= this.#fulfil().finally(() => {
      this.#busy = undefined;
    }));
  }

  /**
   * Says where the first player begins; nothing is fetched for that.
   * @param {number} at
   */
  begin(at) {
    this.#tell(at);
  }

  /**
   * Shows another moment until somebody plays, or goes elsewhere.
   * @param {number} at
   */
  preview(at) {
    const { time } = this;
    const shown = this.go({ at });
    this.#tell(time);
    this.#previewed = true;
    return shown;
  }

  /** @param {Partial<Settings>} settings */
  async change(settings) {
    Object.assign(this.settings, settings);
    if (!this.#made && !this.#busy) return; // the first player will have them
    this.#stale = true;
    await this.go({});
  }

  /** Moments at which something was printed, once anything was fetched. */
  async outputs() {
    await this.go({});
    if (this.#segmented) return (await import("./segments.js")).outputsAround(this.#segmented, this.time);
    return this.#times?.outputs ?? [];
  }

  /** @returns {Promise<void>} */
  async #fulfil() {
    this.#setState("loading");
    const late = setTimeout(() => this.#fail(), PATIENCE);
    const slow = setTimeout(() => this.stage.dispatchEvent(new Event("castsite:slow")), SLOW);
    /** @type {boolean | undefined} */
    let play;
    try {
      this.#made ??= await this.#make().catch((error) => this.#makeWhole(error));
      while (this.#wish || this.#stale) {
        if (this.#stale) await this.#renew(play ?? this.playing);
        const wish = this.#wish ?? {};
        this.#wish = undefined;
        if (wish.at !== undefined) await this.#made.player.seek(this.#made.timeline.inPlayer(wish.at) + HAIR);
        if (wish.play) await this.#made.player.play();
        if (wish.play === false) await this.#made.player.pause();
        play = wish.play ?? play;
      }
      this.stage.querySelector(".fault")?.remove(); // it only took long
      this.#setState(play ? "played" : "shown");
    } catch {
      const whole = this.#leaveSegments();
      this.#stop();
      if (!whole) return this.#fail();
      this.#wish = { at: this.time, play };
      return await this.#fulfil();
    } finally {
      clearTimeout(late);
      clearTimeout(slow);
    }
  }

  /**
   * @returns {Promise<Made>}
   */
  async #make(at = this.time) {
    const [{ createPlayer, fetchRecording }, { readTimes, timeline }] = await Promise.all([import("./player.js"), import("./cast.js")]);
    const { speed, theme } = this.settings;
    this.#stale = false;
    const source = (this.#source ??= await fetchRecording(this.island));
    if ("data" in source) this.#times ??= readTimes(source.data);
    else this.#segmented ??= await (await import("./segments.js")).readIndex(source.url);
    const idle = this.#segmented ? null : this.#idle; // the player skips no pauses of segments
    const line = timeline(this.#times?.events ?? [], idle);
    const box = document.createElement("div");
    box.className = "screen";
    box.dataset.new = "";
    this.mount.append(box);
    const options = { ...this.island.options, ...(theme && { theme }), speed, idleTimeLimit: idle };
    const player = createPlayer(source, box, options, this.#segmented && at); // or the first segment is fetched as well
    const made = { player, box, timeline: line };
    const ours = (/** @type {() => void} */ act) => () => {
      if (made === this.#made || !this.#made) act();
    };
    player.addEventListener("error", ours(() => this.#break()));
    player.addEventListener("playing", ours(() => this.#setPlaying(true)));
    player.addEventListener("pause", ours(() => this.#setPlaying(false)));
    player.addEventListener("ended", ours(() => this.#end()));
    try {
      await player.seek(line.inPlayer(at)); // reads the recording as well
    } catch (error) {
      player.dispose();
      box.remove();
      throw error;
    }
    delete box.dataset.new;
    this.told.made(!this.#met);
    this.#met = true;
    return made;
  }

  /** Seconds that are left of a pause; what is heard has all of them. */
  get #idle() {
    return this.island.options.audioUrl ? null : this.settings.idle;
  }

  /**
   * Tries the whole recording where its segments do not play.
   * @param {unknown} error
   */
  #makeWhole(error) {
    if (!this.#leaveSegments()) throw error;
    return this.#make();
  }

  /** Plays the whole recording from now on, and no segments, if those were played. */
  #leaveSegments() {
    if (!this.island.segments) return false;
    this.island = { ...this.island, segments: undefined };
    this.#source = this.#segmented = undefined;
    return true;
  }

  /**
   * Puts another player in the place of this one. The old screen stays until the new one shows the same.
   * @param {boolean} playing what the new one does
   */
  async #renew(playing) {
    const old = /** @type {Made} */ (this.#made);
    this.#moving = true;
    const focused = old.box.contains(document.activeElement);
    if (playing) await old.player.pause();
    const at = playing ? old.timeline.onPage(await old.player.getCurrentTime()) : this.time;
    const made = await this.#make(at).finally(() => {
      this.#moving = false;
    });
    this.#made = made;
    old.player.dispose();
    old.box.remove();
    this.#tell(at);
    if (playing) await made.player.play();
    if (focused) made.player.el.focus({ preventScroll: true });
  }

  /** @param {boolean} playing */
  #setPlaying(playing) {
    if (this.#moving) return;
    this.playing = playing;
    clearTimeout(this.#timer);
    if (playing) {
      this.#setState("played");
      this.#watch();
    }
    this.told.playing(playing);
  }

  async #watch() {
    const made = this.#made;
    if (!made) return;
    const time = made.timeline.onPage(await made.player.getCurrentTime());
    if (!this.playing || this.#busy || made !== this.#made) return this.#again(EVERY);
    const { clip } = this;
    if (clip && time >= clip.end) return this.#finishClip(clip);
    const after = this.#segmented && this.#idle !== null ? (await import("./segments.js")).skipped(this.#segmented, time, this.#idle) : undefined;
    if (after !== undefined && (!clip || after < clip.end)) await made.player.seek(after);
    this.#tell(after ?? time);
    this.#again(clip ? Math.min(EVERY, ((clip.end - time) * 1000) / this.settings.speed) : EVERY);
  }

  /** @param {number} wait in milliseconds */
  #again(wait) {
    clearTimeout(this.#timer);
    if (this.playing) this.#timer = setTimeout(() => this.#watch(), wait);
  }

  /** @param {{from: number, end: number}} clip */
  async #finishClip(clip) {
    if (this.loop > 0) {
      this.loop -= 1;
      await this.go({ at: clip.from, play: true });
      return this.#again(EVERY); // the player says nothing of a seek while it plays
    }
    this.clip = undefined;
    return this.go({ at: clip.end, play: false });
  }

  #end() {
    const played = this.playing;
    this.#setPlaying(false);
    if (!played) return; // a seek to the end
    this.#tell(this.island.duration);
    if (this.loop > 0) {
      this.loop -= 1;
      this.go({ at: this.clip?.from ?? 0, play: true });
    } else this.told.ended();
  }

  /** @param {number} time */
  #tell(time) {
    this.time = Math.max(0, Math.min(time, this.island.duration));
    this.told.time(this.time);
  }

  /** @param {"loading" | "shown" | "played" | "failed"} state */
  #setState(state) {
    const { dataset } = this.stage;
    if (dataset.state !== "played" || state === "failed") dataset.state = state;
    this.stage.setAttribute("aria-busy", String(state === "loading"));
    this.mount.inert = dataset.state !== "played"; // until then the one control of the stage is its Play
  }

  #break() {
    const { playing: play, time: at } = this;
    if (!this.#busy && this.#leaveSegments()) {
      this.#stop();
      return void this.go({ at, play });
    }
    if (!this.#busy) this.#stop(); // else what is under way is refused as well
    this.#fail();
  }

  /** After a fault the next wish begins anew. */
  #stop() {
    this.#made?.player.dispose();
    this.#made = undefined;
    this.#wish = undefined;
    this.mount.replaceChildren();
    this.#setPlaying(false);
  }

  #fail() {
    this.#setState("failed");
    this.stage.dispatchEvent(new Event("castsite:fault"));
  }
}

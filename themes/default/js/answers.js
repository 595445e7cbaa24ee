// Answers: what the index promises, looked for again in the text, with the lines to show.
import { folded } from "./catalogue.js";
import { partsOf } from "./score.js";
import { matching } from "./spans.js";
import { cut, termsOf } from "./terms.js";

/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./catalogue.js").Part} Part */
/** @typedef {import("./reader.js").Hit} Hit */
/** @typedef {import("./reader.js").Ranking} Ranking */
/** @typedef {import("./reader.js").Reader} Reader */
/** @typedef {import("./spans.js").Hit} Line */
/** @typedef {import("./terms.js").Atom} Atom */
/** @typedef {import("./terms.js").Word} Word */

/**
 * @typedef {object} Shown
 * @property {Entry} entry
 * @property {[number, number][]} marks in its title
 * @property {(Line & {time: number, anchor: string, command: boolean})[]} lines those that were found in one part, in order
 * @property {boolean} elsewhere whether other parts have some too
 * @property {boolean} confirmed whether it has all words, as far as can be told
 * @property {boolean} lost whether a part of it is missing or damaged
 * @property {boolean} unfinished whether parts were left that may have a word
 * @property {(() => boolean)[]} kept for each part that was fetched: whether it has what the index promised
 */

const PARTS = 4; // of a recording that are fetched at once after the best one

/** A recording or a page, while it is looked through. */
class Look {
  /**
   * @param {Hit} hit
   * @param {Entry} entry
   * @param {Ranking} ranking
   */
  constructor(hit, entry, ranking) {
    const { words, wish } = ranking;
    const title = matching([entry.title], words);
    this.ranking = ranking;
    this.number = hit.number;
    /** @type {Set<Word>} */
    this.seen = new Set();
    /** @type {Shown} */
    this.shown = { entry, marks: title.hits[0]?.marks ?? [], lines: [], elsewhere: false, confirmed: isNamed(entry, ranking), lost: false, unfinished: false, kept: [] };
    this.places = /** @type {number[]} */ ([]); // still to be looked at
    this.started = false;
    this.proves = false; // what is shown
    if (wish.in !== "commands") for (const name of namesOf(hit, entry, ranking)) for (const word of matching([name], words).seen) this.seen.add(word);
    if (hit.kind === "page") this.#readPage();
  }

  get certain() {
    return this.ranking.checked.every((word) => this.seen.has(word));
  }

  get done() {
    const { lost, lines, confirmed } = this.shown;
    return !confirmed || !this.places.length || (this.started && this.certain && (lines.length > 0 || !lost));
  }

  #readPage() {
    const { words, wish } = this.ranking;
    if (wish.in === "titles") return;
    const lines = this.shown.entry.blocks.flatMap(([anchor, text]) => text.split("\n").map((line) => ({ anchor, line })));
    const found = matching(lines.map(({ line }) => line), words);
    for (const word of found.seen) this.seen.add(word);
    this.shown.lines = found.hits.map((hit) => ({ ...hit, time: 0, anchor: lines[hit.at].anchor, command: false }));
  }

  /**
   * Looks at the next parts, the best first.
   * @param {Reader} reader
   * @param {number} count
   */
  async go(reader, count) {
    const places = this.places.splice(0, count);
    const parts = await Promise.all(places.map((place) => reader.part(this.shown.entry.slug, this.number, place)));
    parts.forEach((part, at) => {
      if (this.started && this.certain && (this.shown.lines.length || !this.shown.lost)) return;
      if (part) this.#readPart(part, places[at]);
      else this.#lose();
    });
  }

  #lose() {
    this.shown.lost = true;
    this.shown.kept.push(() => false);
  }

  /**
   * @param {Part} part
   * @param {number} place
   */
  #readPart(part, place) {
    const { words, checked, scores, wish } = this.ranking;
    const { shown, seen } = this;
    const commands = new Set(part.command_lines);
    const found = matching(part.lines, words, commands);
    const hits = wish.in === "commands" ? found.hits.filter(({ at }) => commands.has(at)) : found.hits;
    const counted = wish.in === "commands" ? matching(hits.map(({ text }) => text), words).seen : found.seen;
    const proved = checked.some((word) => counted.has(word) && !seen.has(word));
    for (const word of counted) seen.add(word);
    const promised = words.filter((_, at) => scores[at][place]);
    shown.kept.push(() => keeps(part, promised));
    this.started = true;
    if (shown.lines.length && (!proved || this.proves)) return;
    let time = 0;
    const times = part.lines.map((_, at) => (time += Number(part.times[at]) || 0));
    shown.lines = hits.map((hit) => ({ ...hit, time: times[hit.at] / 1000, anchor: "", command: commands.has(hit.at) }));
    this.proves = proved;
  }

  /** What is known in the end: what may have a word, but could not be looked at, stays. */
  end() {
    const { shown } = this;
    shown.unfinished = !this.certain && this.places.length > 0;
    shown.confirmed &&= this.certain || shown.unfinished || shown.lost;
    return shown;
  }
}

/**
 * Looks for what the index promises: at the best part of each hit, then at more of those that have not all words yet.
 * @param {Reader} reader
 * @param {Hit[]} hits
 * @param {Entry[]} entries of them
 * @param {Ranking} ranking
 * @param {number} most that may be looked at of pages and parts, more than there are hits
 */
export async function lookAt(reader, hits, entries, ranking, most) {
  const index = await reader.open();
  const looks = hits.map((hit, at) => new Look(hit, entries[at], ranking));
  hits.forEach(({ kind, number }, at) => {
    if (kind === "page") return;
    looks[at].places = partsOf(ranking, index, number);
    looks[at].shown.elsewhere = looks[at].places.length > 1;
  });
  let left = most - hits.length;
  for (let size = 1; ; size = PARTS) {
    const going = looks.filter(({ done }) => !done).flatMap((look) => {
      const count = size === 1 ? 1 : Math.min(size, look.places.length, left);
      if (size > 1) left -= count;
      return count ? [{ look, count }] : [];
    });
    if (!going.length) break;
    await Promise.all(going.map(({ look, count }) => look.go(reader, count)));
  }
  return { shown: looks.map((look) => look.end()), left };
}

/**
 * Whether the site was published anew in between: a result has nothing of what the index promised.
 * @param {Shown[]} shown
 */
export function isStale(shown) {
  return shown.some(({ lines, kept }) => !lines.length && kept.length > 0 && !kept.some((keeps) => keeps()));
}

/**
 * Whether it has the names that are asked for: long ones share their terms.
 * @param {Entry} entry
 * @param {Ranking} ranking
 */
function isNamed({ tags, series, authors, kind }, { wish }) {
  const has = (/** @type {string[]} */ names, /** @type {string} */ name) => !name || names.some((one) => folded(one) === folded(name));
  return has(tags, wish.tag) && (kind === "page" || has([series], wish.series)) && has(authors, wish.author);
}

/**
 * Names by which it is found.
 * @param {Hit} hit
 * @param {Entry} entry
 * @param {Ranking} ranking
 */
function namesOf({ kind }, { title, tags, series, authors, about }, { wish }) {
  if (kind === "recording") return [title, ...tags, series, ...authors];
  return about ? [] : wish.in === "titles" ? [title] : [title, ...tags, ...authors];
}

/**
 * Whether a part has the terms of one of the words it was fetched for.
 * @param {Part} part
 * @param {Word[]} words
 */
function keeps({ lines }, words) {
  const terms = termsOf(lines.join("\n"));
  const has = (/** @type {Atom} */ { text, prefix }) => terms.has(cut(text)) || (prefix && [...terms].some((term) => term.startsWith(cut(text))));
  return words.some((word) => word.asked.every(has));
}

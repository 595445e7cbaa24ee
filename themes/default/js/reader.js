// Reads the index of the site: which recordings and pages have what a query asks for, in which order, and which of
// their lines show it. It knows nothing of the page.
import { boundsOf, dayIn, dayOf, lengthIn } from "./bounds.js";
import { ABOUT, COMMAND, catalogue, entryOf, HEADING, json, named, OFTEN, pageOf, partOf, TITLE } from "./catalogue.js";
import { near } from "./near.js";
import { partsOf, rounded, scored, scoreOf } from "./score.js";
import { Damaged, hex, readColumns, readDates, readPostings, readShard, utf8 } from "./shard.js";
import { matching } from "./spans.js";
import { cut, parse, termsOf } from "./terms.js";

/** @typedef {import("./terms.js").Word} Word */
/** @typedef {import("./terms.js").Atom} Atom */
/** @typedef {import("./spans.js").Hit} Line */

/**
 * @typedef {object} Wish what is asked for; what is not is empty
 * @property {string} q
 * @property {string} in `commands`, `titles` or nothing
 * @property {string} tag
 * @property {string} series
 * @property {string} author
 * @property {string} from a day such as 2026-03-01
 * @property {string} to
 * @property {string} min seconds
 * @property {string} max
 */

/**
 * @typedef {object} Hit a recording or a page that has all words
 * @property {"recording" | "page"} kind
 * @property {number} number
 * @property {number} score in millionths
 */

/**
 * @typedef {object} Ranking
 * @property {Wish} wish
 * @property {Word[]} words
 * @property {Word[]} checked those that only the text can confirm
 * @property {Float64Array[]} scores of each word, by place
 * @property {Hit[]} hits the best first
 * @property {string[]} near queries that may have been meant
 * @property {boolean} wide whether a beginning was so common that only titles were looked at
 * @property {string} version of the index it comes from
 */

/**
 * @typedef {object} Shown
 * @property {Entry} entry
 * @property {[number, number][]} marks in its title
 * @property {(Line & {time: number, anchor: string, command: boolean})[]} lines those that were found in one part, in order
 * @property {boolean} elsewhere whether other parts have some too
 * @property {boolean} confirmed
 * @property {(() => boolean)[]} kept for each part that was fetched: whether it has what the index promised
 */

/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./catalogue.js").Index} Index */
/** @typedef {import("./catalogue.js").Part} Part */
/** @typedef {import("./score.js").Found} Found */

const BLOCK = 32; // recordings of one file
const PAGES = 8; // and pages
const SHARDS = 4; // that one beginning may need
const LISTED = 10; // results of one page of them
const TRIED = 3; // candidates for each of them
const PARTS = 4; // of a recording that are looked through for one result
const NOTHING = new Uint32Array();

/**
 * @param {string} url
 * @param {RequestCache} [cache]
 */
async function fetched(url, cache) {
  const answer = await fetch(url, { cache });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return new Uint8Array(await answer.arrayBuffer());
}

export class Reader {
  /**
   * @param {string} root address of the site, ending in a slash
   * @param {(url: string, cache?: RequestCache) => Promise<Uint8Array>} [load]
   */
  constructor(root, load = fetched) {
    this.root = root;
    this.load = load;
    /** @type {Map<string, Promise<any>>} */
    this.known = new Map();
    /** @type {Promise<ReturnType<typeof catalogue>> | undefined} */
    this.opening = undefined;
  }

  /** Fetches the root of the index, once. */
  open() {
    return this.opening ??= this.#open("no-cache");
  }

  /** Fetches it again, past all caches; tells whether the site was published anew in between. */
  async renew() {
    const before = await this.opening?.catch(() => undefined);
    this.opening = this.#open("reload");
    const version = (await this.opening).version;
    if (version === before?.version) return false;
    this.known.clear();
    return true;
  }

  /** @param {RequestCache} cache */
  async #open(cache) {
    try {
      return catalogue(json(await this.load(`${this.root}search/index.json`, cache)));
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
  }

  /**
   * @template Value
   * @param {string} path
   * @param {(data: Uint8Array) => Value} read
   * @returns {Promise<Value>}
   */
  #get(path, read) {
    const known = this.known.get(path);
    if (known) return known;
    const coming = this.load(this.root + path).then(read);
    this.known.set(path, coming);
    coming.catch(() => this.known.delete(path));
    return coming;
  }

  /**
   * Where a term occurs, and those that begin with it.
   * @param {string} text
   * @param {boolean} prefix
   * @returns {Promise<Found>}
   */
  async #lookup(text, prefix) {
    const { terms, shards, titles, version } = await this.open();
    if (terms) return collect([terms], text, prefix);
    const low = utf8(text);
    const high = prefix ? `${low}\xff` : low;
    const first = Math.max(shards.findLastIndex((start) => start <= low), 0);
    const past = shards.findIndex((start, at) => at > first && start > high);
    const keys = shards.slice(first, past < 0 ? undefined : past);
    const shard = (/** @type {string} */ key) => this.#get(`search/t/${hex(key)}.bin?v=${version}`, readShard);
    if (keys.length <= SHARDS) return collect(await Promise.all(keys.map(shard)), text, prefix);
    const beginning = [...text].slice(0, 3).join("");
    const listed = titles.has(beginning);
    const [exact, heads] = await Promise.all([
      shard(keys[0]),
      listed ? this.#get(`search/h/${hex(utf8(beginning))}.bin?v=${version}`, readPostings) : NOTHING,
    ]);
    return { ...collect([exact], text, false), rest: [heads], wide: true };
  }

  /**
   * Ranks what has all words, the best first. Nothing but terms is read.
   * @param {Wish} wish
   * @returns {Promise<Ranking>}
   */
  async rank(wish) {
    const index = await this.open();
    const { text, words } = parse(wish.q);
    const checked = words.filter(({ atoms }) => atoms.length > 1 || cut(atoms[0].text) !== atoms[0].text);
    const ranking = { wish, words, checked, scores: /** @type {Float64Array[]} */ ([]), hits: /** @type {Hit[]} */ ([]), near: /** @type {string[]} */ ([]), wide: false, version: index.version };
    const { tag, series, author } = wish;
    const bounds = boundsOf(wish);
    const narrowed = [tag, series, author, bounds.days, bounds.seconds].some(Boolean);
    if (!words.length && (text.trim() || !narrowed)) return ranking;
    const weigh = (/** @type {number} */ place, /** @type {number} */ bits) => {
      if (index.head[place]) return wish.in === "commands" ? 0 : 4;
      if (wish.in === "titles" || (wish.in === "commands" && !(bits & COMMAND))) return 0;
      return 1 + (bits & COMMAND ? 1 : 0) + (bits & OFTEN ? 0.5 : 0);
    };
    const weighPage = (/** @type {number} */ place, /** @type {number} */ bits) => (bits & TITLE ? 4 : wish.in ? 0 : bits & HEADING ? 2 : 1);
    const paged = index.pages > 0 && wish.in !== "commands" && !bounds.seconds;
    const look = (/** @type {string} */ sign) => Promise.all(words.map((word) => Promise.all([...word.atoms, ...word.pairs].map((atom) => this.#lookup(sign + cut(atom.text), atom.prefix)))));
    const [found, foundOnPages, allowed, allowedPages, columns, dates] = await Promise.all([
      look(""),
      paged ? look("!") : [],
      this.#allowed("", wish),
      paged ? this.#allowed("!", wish, words.length > 0) : [],
      bounds.days || bounds.seconds ? this.#columns() : undefined,
      paged && bounds.days ? this.#dates() : undefined,
    ]);
    ranking.scores = found.map((one) => scored(one, index.places, weigh));
    ranking.wide = found.some((one) => one.some(({ wide }) => wide));
    const pageScores = foundOnPages.map((one) => scored(one, index.pages, weighPage));
    const recordings = /** @type {Hit[]} */ ([]);
    index.counts.forEach((count, number) => {
      const head = index.first[number];
      const score = scoreOf(ranking.scores, head, head + count);
      if (score < 0 || !allowed.every((places) => places.has(head)) || (columns && !(dayIn(bounds, columns.days[number]) && lengthIn(bounds, columns.seconds[number])))) return;
      recordings.push({ kind: "recording", number, score });
    });
    const pages = Array.from({ length: paged ? index.pages : 0 }, (_, number) => number).flatMap((number) => {
      if (!allowedPages.every((places) => places.has(number))) return [];
      if (dates && !(dayIn(bounds, dates[number].day) && (words.length || !dates[number].about))) return [];
      if (!pageScores.every((scores) => scores[number])) return [];
      return [{ kind: /** @type {const} */ ("page"), number, score: rounded(pageScores.reduce((sum, scores) => sum + scores[number], 0)) }];
    });
    ranking.hits = [
      ...recordings.sort((a, b) => b.score - a.score || b.number - a.number),
      ...pages.sort((a, b) => b.score - a.score || a.number - b.number),
    ];
    if (!ranking.hits.length) ranking.near = meant(text, words, found, foundOnPages);
    return ranking;
  }

  /**
   * For each name that is asked for, the places of what has it.
   * @param {string} sign
   * @param {Wish} wish
   * @param {boolean} [all] or else no texts about recordings: those are listed themselves
   */
  #allowed(sign, { tag, series, author }, all = true) {
    const terms = [tag && named("#", tag), series && named("@", series), author && named("~", author)].filter(Boolean);
    return Promise.all(terms.map(async (term) => {
      const { exact } = await this.#lookup(sign + term, false);
      return new Set(Array.from(exact.filter((posting) => all || !(posting & ABOUT)), (posting) => posting >>> 2));
    }));
  }

  /** Days and seconds of all recordings. */
  async #columns() {
    const { counts, records, version } = await this.open();
    if (records) {
      const rows = records.map(entryOf);
      return { days: rows.map(({ date }) => dayOf(date)), seconds: rows.map(({ seconds }) => Math.floor(seconds)) };
    }
    const columns = await this.#get(`search/columns.bin?v=${version}`, readColumns);
    if (columns.days.length !== counts.length) throw new Damaged("columns of another length");
    return columns;
  }

  /** Days of all pages, and which of them are about a recording. */
  async #dates() {
    const { pages, rows, version } = await this.open();
    if (rows) return rows.map(pageOf).map(({ date, about }) => ({ day: dayOf(date), about }));
    const dates = await this.#get(`search/pages.bin?v=${version}`, readDates);
    if (dates.length !== pages) throw new Damaged("dates of another length");
    return dates;
  }

  /**
   * What lists show of a hit.
   * @param {Hit} hit
   * @param {Ranking} ranking
   * @returns {Promise<Entry>}
   */
  async #entry({ kind, number }, ranking) {
    const index = await this.open();
    const rows = async (/** @type {unknown[] | undefined} */ all, /** @type {string} */ folder, /** @type {number} */ size) => {
      if (all) return all[number];
      const block = await this.#get(`search/${folder}/${Math.floor(number / size)}.json?v=${index.version}`, json);
      return Array.isArray(block) ? block[number % size] : undefined;
    };
    if (kind === "page") return pageOf(await rows(index.rows, "p", PAGES));
    const lines = partsOf(ranking, index, number).length > 0;
    return { ...entryOf(await rows(index.records, "d", BLOCK)), lines };
  }

  /**
   * One part of a transcript.
   * @param {string} slug
   * @param {number} recording
   * @param {number} part from 0
   * @returns {Promise<Part>}
   */
  async #part(slug, recording, part) {
    const { parts, files } = await this.open();
    if (parts) return partOf(parts[files[recording] + part]);
    return this.#get(`${address(slug)}${part ? `.${part + 1}` : ""}.json`, (data) => partOf(json(data)));
  }

  /**
   * Results of one page of them, from 1. `tell` hears of those whose lines are still to come, if nothing can drop them.
   * @param {Ranking} ranking
   * @param {number} page
   * @param {(entries: Entry[]) => void} [tell]
   * @returns {Promise<{shown: Shown[], recordings: number, pages: number, about: boolean, next: boolean, stale: boolean}>}
   */
  async results(ranking, page, tell) {
    const { hits, checked } = ranking;
    if (!checked.length) {
      const start = (page - 1) * LISTED;
      const chosen = hits.slice(start, start + LISTED);
      const entries = await Promise.all(chosen.map((hit) => this.#entry(hit, ranking)));
      tell?.(entries);
      const shown = await Promise.all(chosen.map((hit, at) => this.#show(hit, entries[at], ranking)));
      return { shown, ...counted(hits, []), about: false, next: start + LISTED < hits.length, stale: isStale(shown) };
    }
    const looked = /** @type {Shown[]} */ ([]);
    let shown = /** @type {Shown[]} */ ([]);
    let at = 0;
    for (let number = 1; number <= page && at < hits.length; number += 1) {
      shown = [];
      const most = Math.min(at + LISTED * TRIED, hits.length);
      for (; at < most && shown.length < LISTED; at += 1) {
        if (at === looked.length) {
          const batch = hits.slice(at, Math.min(at + LISTED, most));
          looked.push(...(await Promise.all(batch.map(async (hit) => this.#show(hit, await this.#entry(hit, ranking), ranking)))));
        }
        if (looked[at].confirmed) shown.push(looked[at]);
      }
      if (number < page && at === hits.length) shown = [];
    }
    const dropped = looked.slice(0, at).filter(({ confirmed }) => !confirmed);
    const next = at < hits.length;
    return { shown, ...counted(hits, dropped), about: next, next, stale: dropped.length === at && isStale(looked) };
  }

  /**
   * @param {Hit} hit
   * @param {Entry} entry
   * @param {Ranking} ranking
   * @returns {Promise<Shown>}
   */
  async #show(hit, entry, ranking) {
    const { words, checked, wish } = ranking;
    const [title, ...names] = [entry.title, ...entry.tags, entry.series].map((text) => matching([text], words));
    const seen = /** @type {Set<Word>} */ (new Set(wish.in === "commands" ? [] : [title, ...names].flatMap((one) => [...one.seen])));
    const shown = /** @type {Shown} */ ({ entry, marks: title.hits[0]?.marks ?? [], lines: [], elsewhere: false, confirmed: true, kept: [] });
    if (hit.kind === "page") this.#showPage(shown, seen, ranking);
    else await this.#showParts(shown, seen, hit.number, ranking);
    shown.confirmed &&= checked.every((word) => seen.has(word));
    return shown;
  }

  /**
   * @param {Shown} shown
   * @param {Set<Word>} seen
   * @param {Ranking} ranking
   */
  #showPage(shown, seen, { words, wish }) {
    const { blocks } = shown.entry;
    if (wish.in === "titles") return;
    const lines = blocks.flatMap(([anchor, text]) => text.split("\n").map((line) => ({ anchor, line })));
    const found = matching(lines.map(({ line }) => line), words);
    for (const word of found.seen) seen.add(word);
    shown.lines = found.hits.map((hit) => ({ ...hit, time: 0, anchor: lines[hit.at].anchor, command: false }));
  }

  /**
   * Looks through parts of a recording, the best first, until each word that needs it is confirmed.
   * @param {Shown} shown
   * @param {Set<Word>} seen
   * @param {number} number
   * @param {Ranking} ranking
   */
  async #showParts(shown, seen, number, ranking) {
    const { words, checked, scores, wish } = ranking;
    const index = await this.open();
    const places = partsOf(ranking, index, number);
    shown.elsewhere = places.length > 1;
    let proves = false; // what is shown
    for (const place of places.slice(0, PARTS)) {
      const part = await this.#part(shown.entry.slug, number, place - index.first[number] - 1);
      const commands = new Set(part.command_lines);
      const found = matching(part.lines, words, commands);
      const hits = wish.in === "commands" ? found.hits.filter(({ at }) => commands.has(at)) : found.hits;
      const counted = wish.in === "commands" ? matching(hits.map(({ text }) => text), words).seen : found.seen;
      const proved = checked.some((word) => counted.has(word) && !seen.has(word));
      for (const word of counted) seen.add(word);
      const promised = words.filter((_, at) => scores[at][place]);
      shown.kept.push(() => keeps(part, promised));
      if (!shown.lines.length || (proved && !proves)) {
        let time = 0;
        const times = part.lines.map((_, at) => (time += Number(part.times[at]) || 0));
        shown.lines = hits.map((hit) => ({ ...hit, time: times[hit.at] / 1000, anchor: "", command: commands.has(hit.at) }));
        proves = proved;
      }
      if (checked.every((word) => seen.has(word))) return;
    }
  }
}

/**
 * @param {Map<string, Uint32Array>[]} maps
 * @param {string} text
 * @param {boolean} prefix
 * @returns {Found}
 */
function collect(maps, text, prefix) {
  let exact = /** @type {Uint32Array} */ (NOTHING);
  const rest = [];
  for (const map of maps) {
    exact = map.get(text) ?? exact;
    if (prefix) for (const [term, list] of map) if (term.length > text.length && term.startsWith(text)) rest.push(list);
  }
  return { exact, rest, maps, wide: false };
}

/**
 * Queries in which a word that is nowhere is one that is somewhere.
 * @param {string} text
 * @param {Word[]} words
 * @param {Found[][]} found
 * @param {Found[][]} foundOnPages
 */
function meant(text, words, found, foundOnPages) {
  const queries = /** @type {Set<string>} */ (new Set());
  words.forEach((word, at) => word.atoms.forEach((atom, piece) => {
    const places = [found[at][piece], foundOnPages[at]?.[piece]].filter(Boolean);
    if (places.some(({ exact, rest, wide }) => exact.length || rest.length || wide)) return;
    const wanted = cut(atom.text);
    const near1 = near(wanted, found[at][piece].maps);
    const near2 = foundOnPages[at] ? near(wanted, foundOnPages[at][piece].maps, "!") : [];
    for (const term of new Set([...near1, ...near2].sort(([, m], [, n]) => n - m).map(([one]) => one))) {
      const written = text.slice(word.start, word.end);
      const instead = word.atoms.length > 1 ? written.toLowerCase().replace(atom.text, () => term) : term;
      if (queries.size < 3) queries.add(text.slice(0, word.start) + instead + text.slice(word.end));
    }
  }));
  return [...queries].filter((query) => query !== text);
}

/**
 * Path of an item, as addresses write it.
 * @param {string} slug
 */
export function address(slug) {
  return slug.replace(/[\ud800-\udfff]/gu, "\ufffd").split("/").map(encodeURIComponent).join("/");
}

/**
 * How much there is of each kind.
 * @param {Hit[]} hits
 * @param {Shown[]} dropped
 */
function counted(hits, dropped) {
  const of = (/** @type {Hit["kind"]} */ kind) => hits.filter((hit) => hit.kind === kind).length - dropped.filter(({ entry }) => entry.kind === kind).length;
  return { recordings: of("recording"), pages: of("page") };
}

/** @param {Shown[]} shown */
function isStale(shown) {
  const kept = shown.some(({ lines }) => lines.length) ? [] : shown.flatMap((one) => one.kept);
  return kept.length > 0 && !kept.some((keeps) => keeps());
}

/**
 * Whether a part has the terms of one of the words it was fetched for.
 * @param {Part} part
 * @param {Word[]} words
 */
function keeps({ lines }, words) {
  const terms = termsOf(lines.join("\n"));
  const has = (/** @type {Atom} */ { text, prefix }) => terms.has(cut(text)) || (prefix && [...terms].some((term) => term.startsWith(cut(text))));
  return words.some((word) => word.atoms.every(has));
}

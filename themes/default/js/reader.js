// Reads the index of the site: which recordings and pages have what a query asks for, in which order, and which of
// their lines show it. It knows nothing of the page.
import { isStale, lookAt } from "./answers.js";
import { boundsOf, dayIn, dayOf, lengthIn } from "./bounds.js";
import { ABOUT, COMMAND, catalogue, entryOf, folded, HEADING, json, NAME, named, OFTEN, pageOf, partOf, TITLE } from "./catalogue.js";
import { near } from "./near.js";
import { partsOf, rounded, scored, scoreOf } from "./score.js";
import { Damaged, hex, readColumns, readDates, readPostings, readShard, utf8 } from "./shard.js";
import { cut, parse, size } from "./terms.js";

/** @typedef {import("./terms.js").Word} Word */
/** @typedef {import("./terms.js").Atom} Atom */

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
 * @property {boolean} asked whether anything is looked for
 * @property {Word[]} checked those that only the text can confirm
 * @property {boolean} sure whether the index alone tells what there is
 * @property {Float64Array[]} scores of each word, by place
 * @property {Hit[]} hits the best first
 * @property {string[]} near queries that may have been meant
 * @property {boolean} wide whether a beginning was so common that only titles were looked at
 * @property {string[]} unknown names by which is filtered, and which nothing has
 * @property {string} version of the index it comes from
 */

/** @typedef {import("./answers.js").Shown} Shown */
/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./catalogue.js").Index} Index */
/** @typedef {import("./catalogue.js").Part} Part */
/** @typedef {import("./score.js").Found} Found */

const BLOCK = 32; // recordings of one file
const PAGES = 8; // and pages
const SHARDS = 4; // that one beginning may need
const BEGINNING = 3; // characters of it by which titles are found where it needs more
const LISTED = 10; // results of one page of them
const LOOKED = 120; // parts of recordings, and pages, that are looked at for them
const CURRENT = 30_000; // milliseconds for which a root is taken for the one that is published
const NOTHING = new Uint32Array();

/**
 * @param {string} url
 * @param {RequestCache} [cache]
 */
async function fetched(url, cache) {
  const answer = await fetch(url, { cache });
  if (answer.status >= 400 && answer.status < 500) throw new Missing(`${answer.status} ${url}`);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** A file that should be there is not. */
class Missing extends Error {
  name = "Missing";
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
    this.since = 0; // when the root was asked for
    /** @type {{key?: string, looked: Shown[], ends: number[]}} What was looked at for the last query, and where pages of its results end. */
    this.trail = { looked: [], ends: [] };
  }

  /** Fetches the root of the index, once. */
  open() {
    return this.opening ??= this.#open("no-cache");
  }

  /** Whether the root has been here for so long that the site may have been published anew. */
  get aged() {
    return performance.now() - this.since > CURRENT;
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
    this.since = performance.now();
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
    const beginning = [...text].slice(0, BEGINNING + Number(text.startsWith("!"))).join("");
    const listed = titles.has(beginning);
    const [exact, heads] = await Promise.all([
      shard(keys[0]),
      listed ? this.#get(`search/h/${hex(utf8(beginning))}.bin?v=${version}`, readPostings) : NOTHING,
    ]);
    return { ...collect([exact], text, false), rest: [heads], wide: true, loose: text.length > beginning.length };
  }

  /**
   * Ranks what has all words, the best first. Nothing but terms is read.
   * @param {Wish} wish
   * @returns {Promise<Ranking>}
   */
  async rank(wish) {
    const index = await this.open();
    const { text, words } = parse(wish.q);
    const ranking = { wish, words, asked: false, checked: /** @type {Word[]} */ ([]), sure: false, scores: /** @type {Float64Array[]} */ ([]), hits: /** @type {Hit[]} */ ([]), near: /** @type {string[]} */ ([]), wide: false, unknown: /** @type {string[]} */ ([]), version: index.version };
    const { tag, series, author } = wish;
    const bounds = boundsOf(wish);
    const narrowed = [tag, series, author, bounds.days, bounds.seconds].some(Boolean);
    ranking.asked = words.length > 0 || (!text.trim() && narrowed);
    if (!ranking.asked) return ranking;
    const bits = [0, 1, 2, 3];
    const own = wish.in === "commands" ? 0 : 4;
    const weights = [
      ...bits.map((bit) => (wish.in === "titles" || (wish.in === "commands" && !(bit & COMMAND)) ? 0 : 1 + (bit & COMMAND ? 1 : 0) + (bit & OFTEN ? 0.5 : 0))),
      ...bits.map(() => own),
    ];
    const weightsOfPages = bits.map((bit) => (bit & TITLE ? 4 : wish.in ? 0 : bit & HEADING ? 2 : 1));
    const paged = index.pages > 0 && wish.in !== "commands" && !bounds.seconds;
    const look = (/** @type {string} */ sign) => Promise.all(words.map((word) => Promise.all([...word.asked, ...word.pairs].map((atom) => this.#lookup(sign + cut(atom.text), atom.prefix)))));
    const [found, foundOnPages, allowed, allowedPages, columns, dates] = await Promise.all([
      look(""),
      paged ? look("!") : [],
      this.#allowed("", wish),
      paged ? this.#allowed("!", wish, words.length > 0) : [],
      bounds.days || bounds.seconds ? this.#columns() : undefined,
      paged && bounds.days ? this.#dates() : undefined,
    ]);
    const loose = (/** @type {Found[] | undefined} */ one) => one?.some((each) => each.loose);
    ranking.checked = words.filter(({ atoms }, at) => atoms.length > 1 || cut(atoms[0].text) !== atoms[0].text || loose(found[at]) || loose(foundOnPages[at]));
    ranking.sure = !ranking.checked.length && [tag, series, author].every((name) => size(folded(name)) < NAME);
    ranking.scores = found.map((one) => scored(one, index.places, weights, index.head));
    ranking.wide = [...found, ...foundOnPages].some((one) => one.some(({ wide }) => wide));
    const pageScores = foundOnPages.map((one) => scored(one, index.pages, weightsOfPages));
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
    if (!ranking.hits.length) {
      ranking.near = meant(text, words, found, foundOnPages);
      ranking.unknown = await this.#unknown(wish);
    }
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

  /**
   * The names that nothing has.
   * @param {Wish} wish
   */
  async #unknown({ tag, series, author }) {
    const asked = Object.entries({ "#": tag, "@": series, "~": author }).filter(([, name]) => name);
    const found = await Promise.all(asked.map(([sign, name]) => Promise.all(["", "!"].map((page) => this.#lookup(page + named(sign, name), false)))));
    return asked.flatMap(([, name], at) => (found[at].some(({ exact }) => exact.length) ? [] : [name]));
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
   * One part of a transcript; nothing where it is missing or damaged.
   * @param {string} slug
   * @param {number} recording
   * @param {number} place
   * @returns {Promise<Part | undefined>}
   */
  async part(slug, recording, place) {
    const { parts, files, first } = await this.open();
    const part = place - first[recording] - 1;
    if (parts) return partOf(parts[files[recording] + part]);
    return this.#get(`${address(slug)}${part ? `.${part + 1}` : ""}.json`, (data) => partOf(json(data))).catch((error) => {
      if (error.name !== "Missing" && error.name !== "Damaged") throw error;
      return undefined;
    });
  }

  /**
   * Results of one page of them, from 1. `tell` hears of those whose lines are still to come, if nothing can drop them.
   * @param {Ranking} ranking
   * @param {number} page
   * @param {(entries: Entry[]) => void} [tell]
   * @returns {Promise<{shown: Shown[], recordings: number, pages: number, about: boolean, next: boolean, stale: boolean}>}
   */
  async results(ranking, page, tell) {
    const { hits, sure } = ranking;
    if (!sure) return this.#looked(ranking, page);
    const start = (page - 1) * LISTED;
    const chosen = hits.slice(start, start + LISTED);
    const entries = await Promise.all(chosen.map((hit) => this.#entry(hit, ranking)));
    tell?.(entries);
    const { shown } = await lookAt(this, chosen, entries, ranking, LOOKED);
    return { shown, ...counted(hits, []), about: false, next: start + LISTED < hits.length, stale: isStale(shown) };
  }

  /**
   * Results that only the text confirms. Pages of them follow one another: what was looked at for those before is known.
   * @param {Ranking} ranking
   * @param {number} page
   */
  async #looked(ranking, page) {
    const { hits, wish, version } = ranking;
    const { parts } = await this.open();
    const key = JSON.stringify([version, wish]);
    const trail = this.trail.key === key ? this.trail : { looked: [], ends: [] };
    const [looked, ends] = [[...trail.looked], [...trail.ends]];
    for (let left = parts ? Infinity : LOOKED; ends.length < page; ) {
      let end = ends.at(-1) ?? 0;
      if (end && end === hits.length) break;
      for (let count = 0; end < hits.length && count < LISTED; end += 1) {
        if (end === looked.length) {
          const batch = hits.slice(end, end + Math.min(LISTED, left));
          if (!batch.length) break;
          const entries = await Promise.all(batch.map((hit) => this.#entry(hit, ranking)));
          const told = await lookAt(this, batch, entries, ranking, left);
          looked.push(...told.shown);
          left = told.left;
        }
        if (looked[end].confirmed) count += 1;
      }
      if (!left && ends.length < page - 1) break; // the page that is asked for begins further on than may be looked at once
      ends.push(end);
    }
    this.trail = { key, looked, ends };
    const [start, end] = [ends[page - 2] ?? 0, ends[page - 1] ?? 0];
    const dropped = looked.filter(({ confirmed }) => !confirmed);
    const left = looked.length < hits.length;
    return {
      shown: looked.slice(start, end).filter(({ confirmed }) => confirmed),
      ...counted(hits, dropped),
      about: left || looked.some(({ unfinished }) => unfinished),
      next: ends.length >= page && (left || looked.slice(end).some(({ confirmed }) => confirmed)),
      stale: isStale(looked),
    };
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
  return { exact, rest, maps, wide: false, loose: false };
}

/**
 * Queries in which each word that is nowhere is one that is somewhere.
 * @param {string} text
 * @param {Word[]} words
 * @param {Found[][]} found
 * @param {Found[][]} foundOnPages
 */
function meant(text, words, found, foundOnPages) {
  let queries = [""];
  let from = text.length;
  for (const [at, word] of [...words.entries()].reverse()) {
    let variants = [text.slice(word.start, word.end)];
    word.asked.forEach((atom, piece) => {
      const places = [found[at][piece], foundOnPages[at]?.[piece]].filter(Boolean);
      if (places.some(({ exact, rest, wide }) => exact.length || rest.length || wide)) return;
      const terms = places.flatMap(({ maps }, pages) => near(cut(atom.text), maps, pages ? "!" : ""));
      const nearest = new Set(terms.sort(([, m], [, n]) => n - m).map(([term]) => term));
      variants = variants.flatMap((written) => [...nearest].map((term) => (word.atoms.length > 1 ? written.toLowerCase().replace(atom.text, () => term) : term)));
    });
    queries = queries.flatMap((query) => variants.map((one) => one + text.slice(word.end, from) + query)).slice(0, 3);
    from = word.start;
  }
  return queries.map((query) => text.slice(0, from) + query).filter((query) => query !== text);
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

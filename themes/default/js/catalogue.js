// The root of the search index, and rows of its files, checked: nothing that comes from outside is trusted.
import { Damaged } from "./shard.js";
import { chunksOf, fold, termsOf, termsOfChunks } from "./terms.js";

/**
 * @typedef {object} Entry a recording or a page, as lists show it
 * @property {"recording" | "page"} kind
 * @property {string} slug
 * @property {string} title
 * @property {string} date
 * @property {number} seconds
 * @property {string[]} tags
 * @property {string} series
 * @property {string[]} authors
 * @property {string} trace a digit for each slice of time
 * @property {[string, string][]} blocks of a page: anchor and text
 * @property {boolean} lines whether the index promises any
 * @property {boolean} about whether a page is a text about a recording, which its title finds anyway
 */

/** @typedef {{times: number[], lines: string[], command_lines: number[]}} Part */

const VERSION = 1;
export const COMMAND = 1; // bits of a posting of a recording,
export const OFTEN = 2;
export const TITLE = 1; // and of one of a page
export const HEADING = 2;
export const ABOUT = 1; // and of one of a page and a name by which is filtered
const MANY = 4; // occurrences that are often
export const NAME = 48; // characters of a name by which is filtered
const PLACES = 2 ** 22; // that a site can have here

/** @param {Uint8Array} data */
export function json(data) {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    throw new Damaged("no JSON");
  }
}

/**
 * The root of the index, and what follows from it.
 * @param {any} root
 */
export function catalogue(root) {
  if (root?.v !== VERSION) throw new Damaged("another version");
  const { version, counts, pages, shards = [], titles = [], records, parts } = root;
  if (![counts, shards, titles].every(Array.isArray)) throw new Damaged("another shape");
  if (typeof version !== "string" || ![...shards, ...titles].every((one) => typeof one === "string")) throw new Damaged("another shape");
  const first = new Uint32Array(counts.length + 1);
  const files = new Uint32Array(counts.length + 1);
  for (let at = 0; at < counts.length; at += 1) {
    const count = counts[at];
    if (!(Number.isInteger(count) && count >= 0 && count < PLACES)) throw new Damaged("places that cannot be");
    first[at + 1] = first[at] + (count ? 1 << (32 - Math.clz32(count)) : 1);
    files[at + 1] = files[at] + count;
    if (first[at + 1] > PLACES) throw new Damaged("places that cannot be");
  }
  const places = first[counts.length];
  const head = new Uint8Array(places);
  for (let at = 0; at < counts.length; at += 1) head[first[at]] = 1;
  const small = records !== undefined;
  if (small && ![records, parts, pages].every(Array.isArray)) throw new Damaged("another shape");
  const number = small ? pages.length : (pages ?? 0);
  if (!Number.isInteger(number) || number < 0 || number > PLACES) throw new Damaged("another shape");
  if (small && (records.length !== counts.length || parts.length !== files[counts.length])) throw new Damaged("another shape");
  return {
    version: /** @type {string} */ (version),
    counts: /** @type {number[]} */ (counts),
    pages: /** @type {number} */ (number),
    shards: /** @type {string[]} */ (shards),
    titles: /** @type {Set<string>} */ (new Set(titles)),
    records: /** @type {unknown[] | undefined} */ (records),
    parts: /** @type {unknown[] | undefined} */ (parts),
    rows: /** @type {unknown[] | undefined} */ (small ? pages : undefined),
    terms: small ? invert(counts, first, records, parts, pages) : undefined,
    first,
    places,
    head,
    files,
  };
}

/** @typedef {ReturnType<typeof catalogue>} Index */

/**
 * Terms of a small gallery, as shards would hold them.
 * @param {number[]} counts
 * @param {Uint32Array} first
 * @param {unknown[]} records
 * @param {unknown[]} parts
 * @param {unknown[]} pages
 */
function invert(counts, first, records, parts, pages) {
  const lists = /** @type {Map<string, number[]>} */ (new Map());
  const add = (/** @type {Iterable<string>} */ terms, /** @type {number} */ place, /** @type {number} */ bits) => {
    for (const term of terms) {
      const list = lists.get(term) ?? [];
      if (!list.length) lists.set(term, list);
      const last = list.length - 1;
      if (last >= 0 && list[last] >>> 2 === place) list[last] |= bits;
      else list.push(place * 4 + bits);
    }
  };
  const names = (/** @type {Entry} */ { tags, series, authors }) => [...tags.map((tag) => named("#", tag)), ...(series ? [named("@", series)] : []), ...authors.map((author) => named("~", author))];
  let file = 0;
  counts.forEach((count, number) => {
    const entry = entryOf(records[number]);
    const head = first[number];
    add(termsOf([entry.title, ...entry.tags, entry.series, ...entry.authors].join("\n")), head, 0);
    add(names(entry), head, 0);
    for (let at = 1; at <= count; at += 1) {
      const { lines, command_lines: typed } = partOf(parts[file++]);
      const chunks = /** @type {Map<string, number>} */ (new Map());
      for (const chunk of chunksOf(lines.join("\n"))) chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
      add(termsOfChunks(chunks.keys()), head + at, 0);
      add(termsOfChunks([...chunks].flatMap(([chunk, times]) => (times >= MANY ? [chunk] : []))), head + at, OFTEN);
      add(termsOf(typed.map((line) => lines[line] ?? "").join("\n")), head + at, COMMAND);
    }
  });
  const behind = (/** @type {Iterable<string>} */ terms) => Array.from(terms, (term) => `!${term}`);
  pages.forEach((row, number) => {
    const page = pageOf(row);
    add(behind(names(page)), number, page.about ? ABOUT : 0);
    if (!page.about) add(behind(termsOf([page.title, ...page.tags, ...page.authors].join("\n"))), number, 0);
    add(behind(termsOf(page.blocks.map(([, text]) => text).join("\n"))), number, 0);
    if (!page.about) add(behind(termsOf(page.title)), number, TITLE);
    add(behind(termsOf(page.blocks.map(([anchor, text]) => (anchor ? text.split("\n", 1)[0] : "")).join("\n"))), number, HEADING);
  });
  return new Map(Array.from(lists, ([term, list]) => [term, Uint32Array.from(list)]));
}

/**
 * The term by which a name is looked for, whatever its case and accents.
 * @param {string} sign
 * @param {string} name
 */
export function named(sign, name) {
  return sign + [...folded(name)].slice(0, NAME).join("");
}

/**
 * A name as it is compared.
 * @param {string} name
 */
export function folded(name) {
  return fold(name.normalize("NFC")).toLowerCase();
}

/** @param {unknown} value */
function texts(value) {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * @param {unknown} row
 * @returns {Entry}
 */
export function entryOf(row) {
  if (!Array.isArray(row) || typeof row[0] !== "string") throw new Damaged("another shape");
  const [slug, title, date, seconds, tags, series, , trace, authors] = row;
  return { kind: "recording", slug, title: String(title ?? ""), date: String(date ?? ""), seconds: Number(seconds) || 0, tags: texts(tags), series: String(series ?? ""), trace: String(trace ?? ""), blocks: [], lines: false, authors: texts(authors), about: false };
}

/**
 * @param {unknown} row
 * @returns {Entry}
 */
export function pageOf(row) {
  if (!Array.isArray(row) || typeof row[0] !== "string") throw new Damaged("another shape");
  const [slug, title, date, tags, blocks, authors, about] = row;
  const pairs = /** @type {[string, string][]} */ ((Array.isArray(blocks) ? blocks : []).filter(Array.isArray).map(([anchor, text]) => [String(anchor ?? ""), String(text ?? "")]));
  return { kind: "page", slug, title: String(title ?? ""), date: String(date ?? ""), seconds: 0, tags: texts(tags), series: "", trace: "", blocks: pairs, lines: false, authors: texts(authors), about: about === true };
}

/**
 * @param {any} part
 * @returns {Part}
 */
export function partOf(part) {
  if (![part?.times, part?.lines, part?.command_lines].every(Array.isArray)) throw new Damaged("another shape");
  return { times: part.times, lines: texts(part.lines), command_lines: part.command_lines };
}

// What can be found: the terms of a text, and those that a query asks for. The build makes the same ones.

const LONGEST = 16; // characters of a term; the rest is left to the look at the text itself
const HUMPED = 40; // characters of a piece whose camelCase counts: of random letters it would not end
const HUMPS = 6;
const QUERY = 300; // characters
export const WORDS = 8;
const ATOMS = 8; // of one word, that the index is asked for
const UNFINISHED = 2; // characters from which on the last word of a query stands for longer ones,
const SHORTENED = 4; // and any other

const ASCII = /^[\0-\x7f]*$/;
const MARKS = /[\u0300-\u036f]+/g;
const LETTER = /[ßẞςΣæÆøØłŁđĐı]/g;
const LETTERS = new Map(Object.entries({ ß: "ss", ẞ: "SS", ς: "σ", Σ: "σ", æ: "ae", Æ: "AE", ø: "o", Ø: "O", ł: "l", Ł: "L", đ: "d", Đ: "D", ı: "i" }));
const CHUNK = /[\p{L}\p{N}]+(?:[-_.\u0300-\u036f]+[\p{L}\p{N}]+)*/gu;
// a letter or digit with what folding makes one of it: accents, voicing marks of halfwidth kana, pieces of Hangul
const ONE = /[\p{L}\p{N}][\u0300-\u036f\u1161-\u1175\u11a8-\u11c2\u3133\u3135\u3136\u313a-\u313f\u314f-\u3163\uff9e\uff9f\uffa3\uffa5\uffa6\uffaa-\uffaf\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc]*|./gsu;
const PIECE = /[\p{L}\p{N}]+/gu;
const CAMEL = /[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+/g;
const HUMP = /[a-z0-9][A-Z]|[A-Z][A-Z][a-z]/;
const CJK = "\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\u{20000}-\\u{3ffff}";
const CJK_RUN = new RegExp(`[${CJK}]+|[^${CJK}]+`, "gu");
const IS_CJK = new RegExp(`^[${CJK}]`, "u");

/**
 * @typedef {object} Atom a piece of a word
 * @property {string} text folded, in lower case, whole
 * @property {boolean} prefix whether longer ones are meant as well
 * @property {boolean} joined whether it begins with the last character of the one before
 */

/**
 * @typedef {object} Word what one word, path or phrase of a query asks for
 * @property {Atom[]} atoms which follow one another in the text
 * @property {Atom[]} asked those of them that the index is asked for
 * @property {Atom[]} pairs terms of neighbours
 * @property {string} raw as it is written, folded, in lower case
 * @property {boolean} phrase
 * @property {number} start where it stands in the text of the query
 * @property {number} end
 */

/** @param {string} text */
export function ascii(text) {
  return ASCII.test(text);
}

/**
 * Whether a text begins with a character of Chinese, Japanese or Korean, which is found by itself.
 * @param {string} text
 */
export function isCjk(text) {
  return IS_CJK.test(text);
}

/**
 * Compatibility forms and accents go; case stays.
 * @param {string} text composed
 */
export function fold(text) {
  if (ascii(text)) return text;
  return text.normalize("NFKD").replace(MARKS, "").normalize("NFC").replace(LETTER, (letter) => LETTERS.get(letter) ?? letter);
}

/**
 * What of a composed text folds by itself: a chunk folded is its letters folded, one after the other.
 * @param {string} text
 */
export function lettersOf(text) {
  return text.match(ONE) ?? [];
}

/**
 * The beginning of a text that is long enough for a term.
 * @param {string} text
 */
export function cut(text) {
  return text.length > LONGEST ? [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("") : text;
}

/** @param {string} text */
export function size(text) {
  return [...text].length;
}

/**
 * What stands between blanks and punctuation other than `-`, `_`, `.` and accents, each time it occurs.
 * @param {string} text
 */
export function chunksOf(text) {
  return (ascii(text) ? text : text.normalize("NFC")).match(CHUNK) ?? [];
}

/**
 * Pieces of a chunk and pairs of neighbours among them.
 * @param {string} chunk
 * @param {boolean} [humps] whether those of camelCase are pieces too
 */
function dissect(chunk, humps) {
  const pieces = /** @type {string[]} */ (fold(chunk).match(PIECE) ?? []);
  const atoms = /** @type {string[]} */ ([]);
  for (const piece of pieces) {
    if (ascii(piece)) {
      atoms.push(piece.toLowerCase());
      if (humps) atoms.push(...humpsOf(piece));
      continue;
    }
    for (const run of piece.match(CJK_RUN) ?? []) {
      if (!isCjk(run)) atoms.push(run.toLowerCase());
      else [...run].forEach((one, at, all) => atoms.push(one + (all[at + 1] ?? "")));
    }
  }
  const pairs = pieces.slice(1).map((piece, at) => cut(`${cut(pieces[at])}-${cut(piece)}`.toLowerCase()));
  return { atoms, pairs };
}

/** @param {string} piece */
function humpsOf(piece) {
  if (piece.length > HUMPED || !HUMP.test(piece)) return [];
  const humps = /** @type {string[]} */ (piece.match(CAMEL) ?? []);
  return humps.length > HUMPS ? [] : humps.filter((hump) => hump.length > 1).map((hump) => hump.toLowerCase());
}

/**
 * @param {Iterable<string>} chunks
 * @returns {Set<string>}
 */
export function termsOfChunks(chunks) {
  const terms = new Set();
  for (const chunk of new Set(chunks)) {
    const { atoms, pairs } = dissect(chunk, true);
    for (const pair of pairs) terms.add(pair);
    for (const atom of atoms) terms.add(cut(atom));
  }
  return terms;
}

/**
 * All terms of a text.
 * @param {string} text
 */
export function termsOf(text) {
  return termsOfChunks(chunksOf(text));
}

/**
 * What a query asks for; `text` is the query as it was read, `left` how many of its words were left out.
 * @param {string} query
 * @returns {{text: string, words: Word[], left: number}}
 */
export function parse(query) {
  const text = [...query.slice(0, 2 * QUERY)].slice(0, QUERY).join("").normalize("NFC").replace(/[“”„«»]/g, '"');
  const words = /** @type {Word[]} */ ([]);
  for (const match of text.matchAll(/"([^"]*)"?|[^\s"]+/g)) {
    const end = match.index + match[0].length;
    const word = wordOf(match[1] ?? match[0], match[1] !== undefined, end === text.length);
    if (word) words.push({ ...word, start: match.index, end });
  }
  return { text, words: words.slice(0, WORDS), left: Math.max(words.length - WORDS, 0) };
}

/**
 * @param {string} written
 * @param {boolean} phrase
 * @param {boolean} last whether the query ends with it
 */
function wordOf(written, phrase, last) {
  const atoms = /** @type {Atom[]} */ ([]);
  const pairs = /** @type {Atom[]} */ ([]);
  let paired = false;
  for (const chunk of chunksOf(written)) {
    const found = dissect(chunk);
    found.atoms.forEach((atom, at, all) => {
      const single = isCjk(atom) && size(atom) === 1;
      const joined = at > 0 && isCjk(all[at - 1]) && size(all[at - 1]) > 1;
      if (!single || !joined) atoms.push({ text: atom, prefix: single, joined }); // else it stands in the one before
    });
    for (const pair of found.pairs) pairs.push({ text: pair, prefix: false, joined: false });
    paired = found.pairs.length > 0;
  }
  const end = atoms.at(-1);
  if (!end) return;
  if (!phrase) {
    const least = written.endsWith("*") || last ? UNFINISHED : SHORTENED;
    end.prefix ||= /(?:[\p{L}\p{N}][\u0300-\u036f]*|\*)$/u.test(written) && size(end.text) >= least;
    const pair = pairs.at(-1);
    if (pair && paired) pair.prefix = end.prefix;
  }
  const raw = fold(written.replace(/\*$/, "")).toLowerCase();
  return { atoms, asked: atoms.slice(0, ATOMS), pairs: pairs.slice(0, ATOMS - 1), raw, phrase };
}

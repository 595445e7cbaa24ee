// Where the words of a query stand in lines of text: the index promises, the text decides.
import { ascii, fold, isCjk, lettersOf } from "./terms.js";

/** @typedef {import("./terms.js").Word} Word */

/**
 * @typedef {object} Hit a line in which words stand
 * @property {number} at its number
 * @property {string} text composed
 * @property {[number, number][]} marks where they stand in it, in order
 * @property {number} score
 */

const MOST = 20; // marks of a word on one line: more cannot be told apart
const GAP = 16; // characters of punctuation between pieces of a word, any blanks beside
const WORD = 10; // what a word adds to the score of a line,
const LITERAL = 3; // its spelling with all punctuation,
const COMMAND = 4; // and that somebody typed it
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/**
 * A text as it is compared, with a way back to what it was.
 * @param {string} written
 */
function view(written) {
  const text = ascii(written) ? written : written.normalize("NFC");
  if (ascii(text)) return { text, folded: text, lower: text.toLowerCase(), starts: undefined, stops: undefined };
  const [starts, stops] = /** @type {[number[], number[]]} */ ([[], []]);
  let [folded, lower, at] = ["", "", 0];
  for (const letter of lettersOf(text)) {
    const form = LETTER_OR_DIGIT.test(letter) ? fold(letter) : letter; // signs such as ™ end a term and stay
    const small = form.toLowerCase();
    const after = at + letter.length;
    for (let unit = 0; unit < form.length; unit += 1) {
      starts.push(at);
      stops.push(after);
    }
    folded += form;
    lower += small.length === form.length ? small : form;
    at = after;
  }
  return { text, folded, lower, starts, stops };
}

const upper = (/** @type {string} */ letter) => letter >= "A" && letter <= "Z";
const lowerCase = (/** @type {string} */ letter) => letter >= "a" && letter <= "z";
const digit = (/** @type {string} */ letter) => letter >= "0" && letter <= "9";

/**
 * The character at a place, or the one that ends before it.
 * @param {string} text
 * @param {number} at
 * @param {boolean} [before]
 */
function character(text, at, before) {
  const code = text.codePointAt(before ? Math.max(at - 2, 0) : at);
  if (before) return at > 1 && code !== undefined && code > 0xffff ? text.slice(at - 2, at) : text.slice(at - 1, at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/**
 * Whether a term may begin or end at a place.
 * @param {string} text
 * @param {number} at
 */
function boundary(text, at) {
  const [before, after] = [character(text, at, true), character(text, at)];
  if (!LETTER_OR_DIGIT.test(before) || !LETTER_OR_DIGIT.test(after)) return true;
  if (upper(after) && (lowerCase(before) || digit(before) || (upper(before) && lowerCase(character(text, at + 1))))) return true;
  return isCjk(before) || isCjk(after) || (digit(before) && lowerCase(after)) || (upper(before) && lowerCase(after));
}

/**
 * Where the pieces of a word stand one behind the other, with nothing but punctuation and blanks between them.
 * @param {ReturnType<typeof view>} text
 * @param {Word} word
 */
function spansOf({ folded, lower, starts, stops }, { atoms }) {
  const spans = /** @type {[number, number][]} */ ([]);
  const first = atoms[0].text;
  for (let start = lower.indexOf(first); start >= 0 && spans.length < MOST; start = lower.indexOf(first, start + 1)) {
    if (!boundary(folded, start)) continue;
    let end = start;
    const stands = atoms.every(({ text, prefix, joined }, at) => {
      if (joined) end -= character(text, 0).length;
      else if (at) for (let gap = 0; end < lower.length && !LETTER_OR_DIGIT.test(character(lower, end)) && (lower[end] === " " || gap++ < GAP);) end += character(lower, end).length;
      const there = lower.startsWith(text, end);
      end += text.length;
      return there && (prefix || boundary(folded, end));
    });
    if (stands) spans.push([starts ? starts[start] : start, stops ? stops[end - 1] : end]);
  }
  return spans;
}

/**
 * Lines in which words stand, in order, and which words those are.
 * @param {string[]} lines
 * @param {Word[]} words
 * @param {Set<number>} [commands] numbers of lines that somebody typed
 */
export function matching(lines, words, commands = new Set()) {
  const hits = /** @type {Hit[]} */ ([]);
  const seen = /** @type {Set<Word>} */ (new Set());
  lines.forEach((line, at) => {
    const shown = view(line);
    const marks = /** @type {[number, number][]} */ ([]);
    let score = 0;
    for (const word of words) {
      const spans = spansOf(shown, word);
      if (!spans.length) continue;
      seen.add(word);
      score += WORD + (shown.lower.includes(word.raw) ? LITERAL : 0);
      marks.push(...spans);
    }
    if (!score) return;
    hits.push({ at, text: shown.text, marks: joined(marks), score: score + (commands.has(at) ? COMMAND : 0) });
  });
  return { hits, seen };
}

/**
 * Marks in order, those that overlap as one.
 * @param {[number, number][]} marks
 */
function joined(marks) {
  const found = /** @type {[number, number][]} */ ([]);
  for (const [start, end] of marks.sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

// Looks for an expression in many lines, in a thread of its own: one that takes for ever is ended from outside.
// A page imports it for `searcher`, the thread runs it.

/**
 * @typedef {object} Lines what is searched, sent once
 * @property {string} text lines, joined by line feeds
 * @property {Int32Array} commands line, start and end of each command
 */

/**
 * @typedef {object} Wanted
 * @property {string} source of the expression; empty: every line
 * @property {string} flags
 * @property {boolean} commands only what stands in commands
 */

/**
 * @typedef {object} Found
 * @property {Int32Array} lines those with a hit, in order
 * @property {Int32Array} ends how many of `spans` belong to them and those before
 * @property {Int32Array} spans start and end of each hit, counted in its line
 */

const MOST = 200; // hits in one line: more cannot be told apart

/** A thread that searches. */
export function searcher() {
  return new Worker(import.meta.url, { type: "module" });
}

/**
 * @param {string[]} lines
 * @param {Int32Array} commands
 * @param {Wanted} wanted
 * @returns {Found}
 */
export function search(lines, commands, wanted) {
  const [found, ends, spans] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  const expression = wanted.source ? new RegExp(wanted.source, wanted.flags) : null;
  const look = (/** @type {number} */ at, /** @type {string} */ text, /** @type {number} */ offset) => {
    const before = spans.length;
    if (expression) collect(expression, text, offset, spans);
    if (expression && spans.length === before) return;
    found.push(at);
    ends.push(spans.length);
  };
  if (!wanted.commands) lines.forEach((text, at) => look(at, text, 0));
  else for (let at = 0; at < commands.length; at += 3) look(commands[at], lines[commands[at]].slice(commands[at + 1], commands[at + 2]), commands[at + 1]);
  return { lines: Int32Array.from(found), ends: Int32Array.from(ends), spans: Int32Array.from(spans) };
}

/**
 * @param {RegExp} expression
 * @param {string} text
 * @param {number} offset
 * @param {number[]} spans
 */
function collect(expression, text, offset, spans) {
  expression.lastIndex = 0;
  for (let count = 0; count < MOST; ) {
    const match = expression.exec(text);
    if (!match) return;
    if (match[0]) {
      spans.push(offset + match.index, offset + match.index + match[0].length);
      count += 1;
    } else expression.lastIndex += 1; // nothing is no hit
  }
}

if (typeof document === "undefined") {
  let lines = [""];
  let commands = new Int32Array();
  addEventListener("message", ({ data }) => {
    if (typeof data.text === "string") {
      lines = data.text.split("\n");
      commands = data.commands;
    } else {
      const found = search(lines, commands, data);
      postMessage(found, { transfer: [found.lines.buffer, found.ends.buffer, found.spans.buffer] });
    }
  });
  postMessage("ready");
}

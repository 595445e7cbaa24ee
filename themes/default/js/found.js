// Draws what a search found. Everything from the index becomes text, and nothing else.
import { address } from "./reader.js";
import { clock } from "./time.js";
import { words } from "./words.js";

/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./answers.js").Shown} Shown */
/** @typedef {{root: string, query: string, room: number}} Scene the site's root, the query, and how many characters a line has room for */

const LINES = 3; // of one recording
const LONGEST = 200; // characters of a line
const HEIGHT = 16; // of a trace
const LEVELS = 8;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [style] class
 * @param {...(Node | string)} inside
 */
function element(name, style = "", ...inside) {
  const made = document.createElement(name);
  if (style) made.className = style;
  made.append(...inside);
  return made;
}

/**
 * A link; without an address it leads to this page.
 * @param {string} href
 * @param {...(Node | string)} inside
 */
export function link(href, ...inside) {
  const made = element("a", "", ...inside);
  made.setAttribute("href", href);
  return made;
}

/**
 * What is known of a result before its lines are.
 * @param {Entry} entry
 * @param {Scene} scene
 */
export function outline(entry, { root }) {
  const gutter = element("div", "gutter", element("p", "count"));
  if (entry.kind === "page") gutter.append(element("p", "", words(entry.about ? "about" : "text_page")));
  const folder = entry.slug.split("/").slice(0, -1).join("/");
  if (folder && entry.kind === "recording") gutter.append(element("p", "", folder));
  if (entry.date) gutter.append(element("p", "", day(entry.date)));
  const title = element("h2", "", link(`${root}${address(entry.slug)}/`, entry.title || entry.slug));
  title.dir = "auto";
  const header = element("header", "", title);
  const body = element("div", "", header);
  if (entry.kind === "recording") {
    header.append(element("span", "tc", clock(entry.seconds)));
    body.append(trace(entry.trace));
  }
  const hits = element("ol", "hits");
  if (entry.kind === "recording") hits.toggleAttribute("data-room", entry.lines);
  body.append(hits);
  return element("li", "", element("article", "group hang", gutter, body, element("p", "more")));
}

/**
 * Puts marks and lines into a result.
 * @param {Element} item
 * @param {Shown} shown
 * @param {Scene} scene
 */
export function complete(item, { entry, marks, lines, elsewhere, lost, unfinished }, scene) {
  const title = item.querySelector("h2 a");
  if (title && entry.title) title.replaceChildren(...marked(entry.title.normalize("NFC"), marks));
  const best = lines.toSorted((a, b) => b.score - a.score || a.at - b.at).slice(0, LINES);
  const rows = best.sort((a, b) => a.at - b.at).map((line) => row(entry, line, scene));
  item.querySelector(".hits")?.replaceChildren(...rows);
  const [count, more] = [".count", ".more"].map((name) => item.querySelector(name));
  if (!lines.length && lost) more?.append(words("lines_missing"));
  else if (!lines.length && unfinished) more?.append(link(`${scene.root}${address(entry.slug)}/?q=${encodeURIComponent(plain(scene.query))}`, words("more_in_recording")));
  if (!lines.length) return;
  if (count) count.textContent = words("lines", { n: lines.length });
  const left = lines.length - rows.length;
  if (entry.kind === "recording" && (left || elsewhere)) {
    const href = `${scene.root}${address(entry.slug)}/?q=${encodeURIComponent(sought(scene.query, best[0]))}`;
    more?.replaceChildren(link(href, left ? words("more_here", { n: left }) : words("more_in_recording")));
  }
  draw(item.querySelector(".trace"), lines.map(({ time }) => time), entry);
}

/**
 * @param {Entry} entry
 * @param {Shown["lines"][number]} line
 * @param {Scene} scene
 */
function row(entry, line, { root, query, room }) {
  const { text, from } = excerpt(line, room);
  const marks = line.marks.map(([start, end]) => /** @type {[number, number]} */ ([start - from, end - from]));
  const shown = element("bdi", "line", element(line.command ? "kbd" : "samp", "", from ? "…" : "", ...marked(text, marks)));
  shown.dir = entry.kind === "page" ? "auto" : "ltr";
  const path = `${root}${address(entry.slug)}/`;
  if (entry.kind === "page") return element("li", "", link(path + (line.anchor && `#${encodeURIComponent(line.anchor)}`), shown));
  const href = `${path}?t=${Math.round(line.time * 1000) / 1000}&q=${encodeURIComponent(sought(query, line))}`;
  return element("li", "", link(href, element("span", "tc", clock(line.time)), shown));
}

/**
 * As much of a line as can be shown, with its first mark in sight.
 * @param {Shown["lines"][number]} line
 * @param {number} room
 */
function excerpt({ text, marks }, room) {
  const [start, end] = marks[0] ?? [0, 0];
  let from = end > room ? Math.max(start - Math.floor(room / 3), 0) : 0;
  if (/[\udc00-\udfff]/.test(text[from] ?? "")) from -= 1;
  return { text: text.slice(from, from + LONGEST), from: Math.max(from, 0) };
}

/**
 * A text with what was found in it, made of text nodes alone.
 * @param {string} text
 * @param {[number, number][]} marks in order
 */
function marked(text, marks) {
  const pieces = /** @type {(Node | string)[]} */ ([]);
  let done = 0;
  for (const [start, end] of marks) {
    if (start < done || start >= text.length) continue;
    pieces.push(text.slice(done, start), element("mark", "", text.slice(start, end)));
    done = end;
  }
  return [...pieces, text.slice(done)];
}

/**
 * What the search inside the recording is to look for: the query where the line has it as it is written, else the
 * longest that the line has of it.
 * @param {string} query
 * @param {{text: string, marks: [number, number][]}} line
 */
function sought(query, { text, marks }) {
  const written = plain(query);
  if (written && text.toLowerCase().includes(written.toLowerCase())) return written;
  let longest = "";
  let begin = 0;
  marks.forEach(([start, end], at) => {
    const before = marks[at - 1];
    if (!before || /[\p{L}\p{N}]/u.test(text.slice(before[1], start))) begin = start;
    if (end - begin > longest.length) longest = text.slice(begin, end);
  });
  return longest;
}

/**
 * A query without its signs.
 * @param {string} query
 */
function plain(query) {
  return query.normalize("NFC").replace(/["“”„«»]|\*$/g, " ").trim();
}

/** @param {string} date */
function day(date) {
  const time = new Date(`${date.slice(0, 10)}T00:00Z`);
  const { lang } = document.documentElement;
  const text = Number.isNaN(time.getTime()) ? date : time.toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeZone: "UTC" });
  const shown = element("time", "", text);
  shown.dateTime = date;
  return shown;
}

/** @param {string} levels digits */
function trace(levels) {
  const drawing = document.createElementNS(SVG, "svg");
  const names = { class: "trace", viewBox: `0 0 ${levels.length || 1} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" };
  for (const [name, value] of Object.entries(names)) drawing.setAttribute(name, value);
  const steps = [...levels].map((level, at) => `V${HEIGHT - (HEIGHT / LEVELS) * Math.min(Number(level) || 0, LEVELS)}H${at + 1}`);
  stroke(drawing, "bars", `M0 ${HEIGHT}${steps.join("")}V${HEIGHT}z`);
  return drawing;
}

/**
 * Where lines were found, on a trace.
 * @param {Element | null} drawing
 * @param {number[]} times
 * @param {Entry} entry
 */
function draw(drawing, times, { seconds, trace: { length } }) {
  if (!drawing || !seconds) return;
  const places = new Set(times.map((time) => Math.round(Math.min(time / seconds, 1) * length * 4) / 4));
  stroke(drawing, "hit", [...places].map((x) => `M${x} 0v${HEIGHT}`).join(""));
}

/**
 * @param {Element} drawing
 * @param {string} style
 * @param {string} path
 */
function stroke(drawing, style, path) {
  const made = document.createElementNS(SVG, "path");
  made.setAttribute("class", style);
  made.setAttribute("d", path);
  drawing.append(made);
}

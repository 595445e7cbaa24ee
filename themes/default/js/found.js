// Draws what a search found. Everything from the index becomes text, and nothing else.
import { address } from "./reader.js";
import { matching } from "./spans.js";
import { parse } from "./terms.js";
import { clock } from "./time.js";
import { words } from "./words.js";

/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./answers.js").Shown} Shown */

/**
 * @typedef {object} Scene
 * @property {string} root of the site
 * @property {string} query
 * @property {import("./terms.js").Word[]} asked its words
 * @property {boolean} named whether names are looked in
 * @property {number} room characters that a line has room for
 */

const LINES = 3; // of one recording
const LONGEST = 200; // characters of a line
const LETTER = 7.8; // pixels that one takes,
const GUTTER = 80; // and the time before it
const PROMPT = /^(?:[#%>]|.{0,80}?(?:[$❯➜»λ]|\S[#%>]))\s+(?=\S)/u; // what a shell wrote before a command
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
 * What results are drawn from.
 * @param {string} root
 * @param {{q: string, in: string}} wish
 * @param {HTMLElement} list
 * @returns {Scene}
 */
export function scene(root, wish, list) {
  return { root, query: wish.q, asked: parse(wish.q).words, named: wish.in !== "commands", room: Math.floor((list.clientWidth - GUTTER) / LETTER) };
}

/**
 * What is known of a result before its lines are.
 * @param {Entry} entry
 * @param {Scene} scene
 */
export function outline(entry, scene) {
  const { root, asked } = scene;
  const recording = entry.kind === "recording";
  const [hit = { text: entry.title || entry.slug, marks: [] }] = matching([entry.title], asked).hits;
  const gutter = element("div", "gutter");
  if (recording ? entry.lines : asked.length) gutter.append(element("p", "count", "\u00a0"));
  if (!recording) gutter.append(element("p", "", words(entry.about ? "about" : "text_page")));
  const folder = entry.slug.split("/").slice(0, -1).join("/");
  if (folder && recording) gutter.append(element("p", "", folder));
  if (entry.date) {
    const date = element("time", "", day(entry.date));
    date.dateTime = entry.date;
    gutter.append(element("p", "", date));
  }
  const title = element("h2", "", link(page(root, entry.slug), ...marked(hit.text, hit.marks)));
  title.dir = "auto";
  const header = element("header", "", title);
  const body = element("div", "", header);
  if (recording) {
    header.append(element("span", "tc", clock(entry.seconds)));
    body.append(trace(entry.trace));
  }
  const finds = element("div", "finds", ...(entry.lines ? [] : reasons(entry, [], scene)));
  finds.toggleAttribute("data-room", recording && entry.lines);
  body.append(finds);
  return element("li", "", element("article", "group hang", gutter, body));
}

/**
 * Names of an entry with those words that neither its title nor lines of it show.
 * @param {Entry} entry
 * @param {string[]} lines
 * @param {Scene} scene
 */
function reasons({ title, about, tags, series, authors }, lines, { asked, named }) {
  const { seen } = matching([title, ...lines], asked);
  const open = named && !about ? asked.filter((word) => !seen.has(word)) : [];
  const names = [...tags.map((tag) => ["#", tag]), ["", series], ...authors.map((author) => ["", author])];
  const found = names.flatMap(([sign, name]) => matching([name], open).hits.map(({ text, marks }) => element("bdi", "", sign, ...marked(text, marks))));
  return found.length ? [element("p", "why", ...found)] : [];
}

/**
 * Puts lines into a result.
 * @param {Element} item
 * @param {Shown} shown
 * @param {Scene} scene
 */
export function complete(item, { entry, lines, elsewhere, lost, unfinished }, scene) {
  const [title, count, finds] = ["h2 a", ".count", ".finds"].map((name) => item.querySelector(name));
  const whole = (/** @type {string} */ query) => `${page(scene.root, entry.slug)}?q=${encodeURIComponent(query)}`;
  const names = reasons(entry, lines.map(({ text }) => text), scene);
  if (!lines.length) {
    const note = lost ? words("lines_missing") : unfinished ? link(whole(plain(scene.query)), words("more_in_recording")) : "";
    finds?.replaceChildren(...names, ...(note ? [element("p", "more", note)] : []));
    for (const empty of [count, names.length || note ? null : finds]) empty?.remove();
    return;
  }
  const best = lines.toSorted((a, b) => b.score - a.score || a.at - b.at).slice(0, LINES);
  const rows = best.toSorted((a, b) => a.at - b.at).map((line) => row(entry, line, scene));
  finds?.replaceChildren(...names, element("ol", "hits", ...rows));
  if (count) count.textContent = words("lines", { n: lines.length });
  const query = sought(scene.query, best[0]);
  if (entry.kind === "recording") title?.setAttribute("href", whole(query));
  const next = lines.find((line) => !best.includes(line));
  if (next) finds?.append(element("p", "more", link(place(entry, next, scene), words("more_here", { n: lines.length - rows.length }))));
  else if (elsewhere) finds?.append(element("p", "more", link(`${whole(query)}#transcript`, words("more_in_recording"))));
  draw(item.querySelector(".trace"), lines.map(({ time }) => time), entry);
}

/** Gives the address of a page; that of the home page is none. @param {string} root @param {string} slug */
const page = (root, slug) => (slug ? `${root}${address(slug)}/` : root);

/**
 * Where a line is: at its second, or under its heading.
 * @param {Entry} entry
 * @param {Shown["lines"][number]} line
 * @param {Scene} scene
 */
function place(entry, line, { root, query }) {
  const path = page(root, entry.slug);
  if (entry.kind === "page") return path + (line.anchor && `#${encodeURIComponent(line.anchor)}`);
  return `${path}?t=${Math.round(line.time * 1000) / 1000}&q=${encodeURIComponent(sought(query, line))}`;
}

/**
 * @param {Entry} entry
 * @param {Shown["lines"][number]} line
 * @param {Scene} scene
 */
function row(entry, line, scene) {
  const { text, from } = excerpt(line, scene.room);
  const marks = line.marks.map(([start, end]) => /** @type {[number, number]} */ ([start - from, end - from]));
  const prompt = (line.command && !from && PROMPT.exec(text)?.[0]) || "";
  const inside = from ? ["…"] : prompt ? [element("span", "prompt", ...marked(prompt, marks))] : [];
  const rest = marks.map(([start, end]) => /** @type {[number, number]} */ ([start - prompt.length, end - prompt.length]));
  const shown = element("bdi", "line", element(line.command ? "kbd" : "samp", "", ...inside, ...marked(text.slice(prompt.length), rest)));
  shown.dir = entry.kind === "page" ? "auto" : "ltr";
  const time = entry.kind === "page" ? [] : [element("span", "tc", clock(line.time))];
  return element("li", "", link(place(entry, line, scene), ...time, shown));
}

/**
 * As much of a line as can be shown, with its first mark in sight, from the beginning of a word where one is near.
 * @param {Shown["lines"][number]} line
 * @param {number} room
 */
function excerpt({ text, marks }, room) {
  const [start, end] = marks[0] ?? [0, 0];
  let from = end > room ? Math.max(start - Math.floor(room / 3), 0) : 0;
  const word = from && text.indexOf(" ", from) + 1;
  if (word && word <= start) from = word;
  else if (/[\udc00-\udfff]/.test(text[from] ?? "")) from -= 1;
  return { text: text.slice(from, from + LONGEST), from };
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

/**
 * A day as people write it here.
 * @param {string} date
 */
export function day(date) {
  const time = new Date(`${date.slice(0, 10)}T00:00Z`);
  const { lang } = document.documentElement;
  return Number.isNaN(time.getTime()) ? date : time.toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeZone: "UTC" });
}

/** @param {string} levels digits */
function trace(levels) {
  const drawing = document.createElementNS(SVG, "svg");
  const names = { class: "trace", viewBox: `0 0 ${levels.length || 1} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" };
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
  for (const style of ["edge", "hit"]) stroke(drawing, style, [...places].map((x) => `M${x} 0v${HEIGHT}`).join(""));
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

// Searching the transcript: lines without a hit are hidden, hits are marked, counted, walked through, and drawn on the
// trace. A transcript may have tens of thousands of lines, so everything happens in slices of a few milliseconds, and
// hits are marked only near what is in sight.
import { index } from "./lines.js";
import { searcher } from "./match.js";
import { duration } from "./place.js";
import { frame, rest } from "./rest.js";
import { words } from "./words.js";

/** @typedef {import("./match.js").Found} Found */
/** @typedef {import("./match.js").Wanted} Wanted */
/** @typedef {import("./lines.js").List} List */

const PATIENCE = 1000; // milliseconds for one expression
const NEAR = "600px 0px"; // out of sight, but soon in it
const ROW_HEIGHT = 1.5; // rem, as in log.css
const AT_ONCE = 800; // rows: to hide one takes ten times longer in the layout than here
/** @type {Found} */
const NOTHING = { lines: new Int32Array(), ends: new Int32Array(), spans: new Int32Array() };
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} transcript
 * @param {HTMLElement} box
 * @param {HTMLInputElement} field
 */
export async function openSearch(transcript, box, field) {
  const ways = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("[data-way]")]);
  const note = /** @type {HTMLElement} */ (transcript.querySelector("[data-note]"));
  const count = /** @type {HTMLElement} */ (box.querySelector("[data-count]"));
  const chosen = (/** @type {string} */ way) => ways.some((button) => button.dataset.way === way && button.ariaPressed === "true");
  /** @type {ReturnType<typeof view> | undefined} */
  let shown;
  /** @type {ReturnType<typeof matcher> | undefined} */
  let asker;
  let at = -1;
  let owed = 0; // a step that was asked for before the answer
  let arriving = field.value ? new URLSearchParams(location.search).get("t") : ""; // by a link to a line

  const ask = () => {
    const wanted = expression(field.value, chosen);
    if (wanted) asker?.ask(wanted);
    else {
      asker?.forget();
      owed = 0;
      fault(words("not_yet_expression"));
    }
  };
  const fault = (/** @type {string} */ text) => {
    note.textContent = text;
    note.hidden = !text;
    field.ariaInvalid = String(Boolean(text));
    if (text) count.textContent = "";
  };
  const giveUp = (/** @type {string} */ text) => {
    owed = 0;
    finding(false);
    shown?.show(NOTHING, false, false); // or what was found before would seem to answer
    fault(text);
  };
  const finding = (/** @type {boolean} */ searching) => {
    box.toggleAttribute("data-finding", searching);
    transcript.toggleAttribute("data-finding", searching);
  };
  const none = () => {
    const said = field.value.trim();
    note.textContent = said ? words("not_found_inside", { text: said }) : words("no_commands");
    note.hidden = false;
  };
  const tell = (/** @type {Found} */ found, /** @type {Wanted} */ wanted) => {
    at = -1;
    fault("");
    const searching = Boolean(wanted.source) || wanted.commands;
    const number = found.lines.length;
    count.textContent = searching ? words(wanted.commands ? "commands" : "lines", { n: number }) : "";
    if (searching && !number) none();
    const low = box.getBoundingClientRect().bottom > innerHeight / 2; // asked while it costs nothing: nothing has changed
    finding(searching);
    shown?.show(found, searching, Boolean(wanted.source));
    // what is in sight then stays: the screen at that moment
    if (arriving) step(0, shown?.from(arriving));
    else if (owed) step(owed);
    arriving = "";
    owed = 0;
    // whoever types sees what is found
    if (low && searching && document.activeElement === field) requestAnimationFrame(() => transcript.scrollIntoView());
  };
  const step = async (/** @type {number} */ by, to = NaN) => {
    if (asker ? asker.isAsking() : field.value) {
      owed = by;
      return;
    }
    const number = shown?.hits() ?? 0;
    if (!number) return;
    at = to >= 0 ? to : at < 0 && by < 0 ? number - 1 : (at + by + number) % number;
    const text = await shown?.visit(at, by);
    const heard = Object.assign(document.createElement("span"), { className: "vh", textContent: `: ${text}` });
    count.replaceChildren(words("hit_of", { at: at + 1, n: number }), heard);
  };

  field.addEventListener("input", ask);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!field.value) for (const button of ways) button.ariaPressed = "false";
      field.value = "";
      ask();
    }
  });
  box.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.way) ask(); // pressed it is already
    else if (button?.dataset.step) step(Number(button.dataset.step));
  });

  const { lists, text, commands } = await index(transcript);
  shown = view(transcript, lists);
  asker = matcher({ text, commands }, tell, giveUp);
  box.toggleAttribute("data-ready", true);
  if (field.value || chosen("commands")) ask();
}

/**
 * What a field asks for, or nothing where it is no expression.
 * @param {string} text
 * @param {(way: string) => boolean} chosen
 * @returns {Wanted | undefined}
 */
function expression(text, chosen) {
  const cases = chosen("case") ? "g" : "gi";
  const commands = chosen("commands");
  if (!chosen("pattern")) return { source: literal(text.trim()), flags: `${cases}u`, commands };
  for (const flags of [`${cases}u`, cases]) { // some write escapes that only the older syntax knows
    try {
      return { source: text && new RegExp(text, flags).source, flags, commands };
    } catch {
      continue;
    }
  }
}

/**
 * The text itself, composed or decomposed, with the marks that belong to its last letter.
 * @param {string} text
 */
function literal(text) {
  const forms = [...new Set([text, text.normalize("NFC"), text.normalize("NFD")])];
  return text && `(?:${forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|")})\\p{M}*`;
}

/**
 * Asks a thread, one question at a time: of those that come meanwhile the last one counts. A thread that does not
 * answer in time is ended.
 * @param {import("./match.js").Lines} lines
 * @param {(found: Found, wanted: Wanted) => void} tell
 * @param {(text: string) => void} fault
 */
function matcher(lines, tell, fault) {
  /** @type {Worker | undefined} */
  let thread;
  /** @type {Wanted | undefined} */
  let asked;
  /** @type {Wanted | undefined} */
  let next;
  let ready = false;
  let busy = false;
  let timer = 0;

  const post = () => {
    asked = next;
    next = undefined;
    busy = Boolean(asked);
    if (!asked) return;
    thread?.postMessage(asked);
    timer = setTimeout(end, PATIENCE);
  };
  const end = () => {
    thread?.terminate();
    thread = undefined;
    busy = false;
    const answered = !asked; // nobody waits for it any more
    asked = undefined;
    if (next) start();
    else if (!answered) fault(words("slow_expression"));
  };
  const start = () => {
    ready = false;
    thread = searcher();
    thread.addEventListener("error", () => fault(words("search_failed")));
    thread.addEventListener("message", ({ data }) => {
      clearTimeout(timer);
      if (data === "ready") {
        ready = true;
        thread?.postMessage(lines);
      } else {
        const answered = asked;
        asked = undefined;
        if (answered && !next) tell(data, answered);
      }
      post();
    });
  };
  return {
    ask(/** @type {Wanted} */ wanted) {
      next = wanted;
      if (!thread) start();
      else if (ready && !busy) post();
    },
    forget() {
      asked = next = undefined;
    },
    isAsking: () => Boolean(asked ?? next),
  };
}

/**
 * What is found, as the page shows it.
 * @param {HTMLElement} transcript
 * @param {List[]} lists
 */
function view(transcript, lists) {
  const marker = ticks();
  const chapters = /** @type {HTMLElement[]} */ ([...transcript.querySelectorAll(".chapter")]);
  const near = /** @type {Set<List>} */ (new Set());
  const of = new Map(lists.map((list) => [/** @type {Element} */ (list.node), list]));
  let found = NOTHING;
  let moments = [0]; // of the hits
  /** @type {Promise<void>} */
  let settled = Promise.resolve();
  /** @type {HTMLElement | undefined} */
  let here;
  let turn = 0;

  const watcher = new IntersectionObserver(async (entries) => {
    for (const entry of entries) {
      const list = of.get(entry.target);
      if (!list) continue;
      if (entry.isIntersecting) near.add(list);
      else near.delete(list);
    }
    for (const list of near) {
      await rest();
      if (near.has(list)) paint(list);
    }
  }, { rootMargin: NEAR });
  for (const list of lists) watcher.observe(list.node);

  /** Marks the hits of a list, once. */
  const paint = (/** @type {List} */ list) => {
    if (list.painted === turn) return;
    list.painted = turn;
    clean(list);
    if (!found.spans.length) return;
    for (let at = list.from; at < list.to; at += 1) {
      const row = list.rows[found.lines[at] - list.first];
      const spans = found.spans.subarray(at ? found.ends[at - 1] : 0, found.ends[at]);
      if (spans.length) mark(row, spans);
      list.marked.push(row);
    }
  };

  /** Hides and shows rows of a list; tells how many. */
  const sift = (/** @type {List} */ list, /** @type {boolean} */ searching) => {
    const wanted = new Uint8Array(list.rows.length).fill(searching ? 0 : 1);
    for (let at = list.from; at < list.to; at += 1) wanted[found.lines[at] - list.first] = 1;
    let changed = 0;
    list.rows.forEach((row, at) => {
      if (list.hidden[at] !== wanted[at]) return;
      list.hidden[at] = 1 - wanted[at];
      row.hidden = !wanted[at];
      changed += 1;
    });
    const few = searching && list.to - list.from < list.rows.length;
    list.node.style.containIntrinsicBlockSize = few ? `${(list.to - list.from) * ROW_HEIGHT}rem` : "";
    list.node.hidden = false;
    return changed;
  };

  const apply = async (/** @type {boolean} */ searching) => {
    const mine = turn;
    const todo = [];
    let at = 0;
    for (const list of lists) {
      list.from = at;
      while (at < found.lines.length && found.lines[at] < list.first + list.rows.length) at += 1;
      list.to = at;
      const empty = searching && list.from === list.to;
      // until its turn comes a list that changes stands back, or lines would be seen that are about to go
      list.node.hidden = empty || (list.node.hidden && searching) || list.rows.length !== at - list.from;
      if (!searching) list.node.hidden = false;
      if (!empty) todo.push(list);
    }
    const full = new Set(todo.map((list) => list.chapter));
    for (const chapter of chapters) chapter.hidden = searching && !full.has(chapter);
    let changed = 0;
    for (const list of todo) {
      await (changed > AT_ONCE ? frame() : rest());
      if (mine !== turn) return;
      if (changed > AT_ONCE) changed = 0;
      changed += sift(list, searching);
      if (near.has(list)) paint(list);
    }
    for (const list of lists) {
      if (!list.marked.length || list.painted === turn) continue;
      await rest();
      if (mine !== turn) return;
      clean(list);
    }
  };

  const leave = () => here?.removeAttribute("data-here");

  return {
    /** Shows what was found. */
    show(/** @type {Found} */ what, /** @type {boolean} */ searching, /** @type {boolean} */ drawn) {
      leave();
      found = what;
      turn += 1;
      const mine = turn;
      transcript.ariaBusy = "true";
      settled = apply(searching).then(() => {
        if (mine === turn) transcript.ariaBusy = null;
      });
      moments = drawn ? lists.flatMap((list) => [...found.lines.subarray(list.from, list.to)].map((line) => list.times[line - list.first])) : [];
      marker.draw(moments);
    },
    hits: () => found.lines.length,
    /** The first hit from a moment on. */
    from: (/** @type {string} */ time) => Math.max(moments.findIndex((one) => one >= Number(time)), 0),
    /** Goes to a line that was found and gives its text. */
    async visit(/** @type {number} */ number, /** @type {number} */ by) {
      await settled;
      const line = found.lines[number];
      const list = lists.findLast((one) => one.first <= line);
      if (!list) return "";
      const row = list.rows[line - list.first];
      paint(list);
      leave();
      here = row;
      row.setAttribute("data-here", "");
      marker.point(list.times[line - list.first]);
      if (by) row.scrollIntoView({ block: "center" });
      return [...row.children].map((cell) => cell.textContent).join(" ");
    },
  };
}

/**
 * Marks stretches of a row, which may go through several cells.
 * @param {HTMLElement} row
 * @param {Int32Array} spans
 */
function mark(row, spans) {
  let offset = 0;
  for (const cell of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("samp, kbd"))) {
    const text = cell.textContent ?? "";
    const pieces = [];
    let done = 0;
    for (let at = 0; at < spans.length; at += 2) {
      const [start, end] = [spans[at] - offset, spans[at + 1] - offset].map((place) => Math.min(Math.max(place, 0), text.length));
      if (start >= end) continue;
      const hit = document.createElement("mark");
      hit.textContent = text.slice(start, end);
      pieces.push(text.slice(done, start), hit);
      done = end;
    }
    if (pieces.length) cell.replaceChildren(...pieces, text.slice(done));
    offset += text.length;
  }
}

/** @param {List} list */
function clean(list) {
  for (const row of list.marked) {
    for (const cell of row.querySelectorAll("samp, kbd")) if (cell.childElementCount) cell.textContent = cell.textContent;
  }
  list.marked = [];
}

/** Hits on the recording's trace, where there is one. */
function ticks() {
  const trace = document.querySelector("[data-scrub] .trace") ?? document.querySelector(".watch > .trace");
  const [width, height] = (trace?.getAttribute("viewBox") ?? "0 0 240 16").split(" ").slice(2).map(Number);
  const length = duration();
  const [edge, all, one] = ["edge", "hit", "hit here"].map((name) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    trace?.append(path);
    return path;
  });
  const place = (/** @type {number} */ time) => Math.round(Math.min(time / length, 1) * width * 4) / 4;
  const draw = (/** @type {Iterable<number>} */ places) => [...places].map((x) => `M${x} 0v${height}`).join("");
  return {
    draw(/** @type {Iterable<number>} */ times) {
      const places = new Set();
      if (length) for (const time of times) places.add(place(time));
      for (const path of [edge, all]) path.setAttribute("d", draw(places));
      one.setAttribute("d", "");
    },
    point(/** @type {number} */ time) {
      if (length) one.setAttribute("d", `M${place(time)} -3V${height}`);
    },
  };
}

// Lines that were selected: a link to the clip they are, a quotation, and playing just that.
import { copy } from "./copy.js";
import { address, duration, title } from "./place.js";
import { clock } from "./time.js";
import { words } from "./words.js";

const ROW = ".log > li";

/**
 * @typedef {object} Picked
 * @property {HTMLElement} transcript
 * @property {HTMLElement} first
 * @property {HTMLElement} last
 * @property {HTMLElement} fixed the end that stays when the other one moves
 * @property {boolean} drawn by the pointer: it goes when the browser's own selection goes
 */

/** @type {Picked | undefined} */
let picked;
/** @type {HTMLElement[]} */
let painted = [];

/**
 * Selects from one row to another, whichever comes first.
 * @param {HTMLElement} transcript
 * @param {Element} from
 * @param {Element} to
 */
export function select(transcript, from, to) {
  getSelection()?.removeAllRanges(); // the browser's own would be another one
  pick(transcript, from, to, false);
}

/**
 * Moves the end of the selection by one row; without one it begins at `row`.
 * @param {HTMLElement} transcript
 * @param {Element} row
 * @param {number} way
 */
export function extend(transcript, row, way) {
  const fixed = picked?.fixed ?? row;
  const moving = !picked ? row : picked.fixed === picked.first ? picked.last : picked.first;
  select(transcript, fixed, picked ? (beside(transcript, moving, way) ?? moving) : row);
}

/**
 * Takes over what was selected with the pointer.
 * @param {HTMLElement} transcript
 * @param {Range} range
 */
export function selectRange(transcript, range) {
  const lists = [...transcript.querySelectorAll(".log")].filter((list) => range.intersectsNode(list));
  const inside = (/** @type {Element | undefined} */ list) => [...(list?.children ?? [])].filter((row) => touches(range, row));
  const first = lists.slice(0, 2).flatMap(inside)[0]; // a selection may end between the rows of two lists
  const last = lists.slice(-2).flatMap(inside).at(-1);
  if (first && last) pick(transcript, first, last, true);
  else if (picked?.drawn) release();
}

/**
 * Whether a letter of a row is in a range; its time is none of its letters.
 * @param {Range} range
 * @param {Element} row
 */
function touches(range, row) {
  return [...row.querySelectorAll("samp, kbd")].some((cell) => {
    if (!range.intersectsNode(cell)) return false;
    const part = document.createRange();
    part.selectNodeContents(cell);
    if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
    return part.toString() !== "";
  });
}

/**
 * @param {HTMLElement} transcript
 * @param {Element} from
 * @param {Element} to
 * @param {boolean} drawn
 */
function pick(transcript, from, to, drawn) {
  const later = from.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_PRECEDING;
  const [first, last] = /** @type {HTMLElement[]} */ (later ? [to, from] : [from, to]);
  picked = { transcript, first, last, fixed: /** @type {HTMLElement} */ (from), drawn };
  paint(picked);
  const bar = toolbar(transcript);
  const { start, end } = clip(picked);
  const number = quoted(picked).length;
  const span = bar.querySelector("[data-span]");
  if (span) span.textContent = words("selected", { from: clock(start), to: clock(end), n: number });
  bar.hidden = false;
  document.querySelector("[data-toast]")?.toggleAttribute("data-raised", true);
}

/** Lets the lines go. */
function release() {
  const bar = picked?.transcript.querySelector("[data-clip]");
  if (bar?.contains(document.activeElement)) link(picked?.fixed)?.focus();
  picked = undefined;
  paint(undefined);
  if (bar instanceof HTMLElement) bar.hidden = true;
  document.querySelector("[data-toast]")?.toggleAttribute("data-raised", false);
}

/**
 * The row before or after one, among those that are shown.
 * @param {HTMLElement} transcript
 * @param {Element} row
 * @param {number} way
 */
function beside(transcript, row, way) {
  for (const next of rows(transcript, row, way)) if (!next.hidden && !next.parentElement?.hidden) return next;
}

/**
 * All rows after one, or before it.
 * @param {HTMLElement} transcript
 * @param {Element} row
 * @param {number} way
 */
function* rows(transcript, row, way) {
  const lists = /** @type {HTMLElement[]} */ ([...transcript.querySelectorAll(".log")]);
  const follow = (/** @type {Element | null | undefined} */ one) => /** @type {HTMLElement | null | undefined} */ (way > 0 ? one?.nextElementSibling : one?.previousElementSibling);
  let at = lists.indexOf(/** @type {HTMLElement} */ (row.parentElement));
  let next = follow(row);
  while (lists[at]) {
    for (; next; next = follow(next)) yield next;
    at += way;
    next = /** @type {HTMLElement | null} */ (way > 0 ? lists[at]?.firstElementChild : lists[at]?.lastElementChild);
  }
}

/** @param {Picked} of */
function* between(of) {
  yield of.first;
  if (of.first === of.last) return;
  for (const row of rows(of.transcript, of.first, 1)) {
    yield row;
    if (row === of.last) return;
  }
}

/** @param {HTMLElement} row */
const moment = (row) => Number(row.dataset.from);

/**
 * From the moment of the first line to the moment at which the line after the last one appears.
 * @param {Picked} of
 */
function clip(of) {
  const start = moment(of.first);
  let latest = start;
  for (const row of between(of)) latest = Math.max(latest, moment(row));
  for (const row of rows(of.transcript, of.last, 1)) if (moment(row) > latest) return { start, end: moment(row) };
  const beyond = Number(of.transcript.querySelector("[data-following]")?.getAttribute("data-following"));
  return { start, end: beyond > latest ? beyond : duration() };
}

/**
 * The lines that are shown, as text.
 * @param {Picked} of
 */
function quoted(of) {
  const lines = [];
  for (const row of between(of)) if (!row.hidden && !row.parentElement?.hidden) lines.push([...row.querySelectorAll("samp, kbd")].map((cell) => cell.textContent).join(""));
  return lines;
}

/** @param {Picked} of */
function href(of) {
  const { start, end } = clip(of);
  return address(`?t=${start}&end=${end}`);
}

/** @param {Picked} of */
function asText(of) {
  return `${quoted(of).join("\n")}\n\n${title()}, ${clock(moment(of.first))}\n${href(of)}\n`;
}

/** @param {Picked} of */
function asMarkdown(of) {
  const lines = quoted(of);
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(longest + 1);
  const name = `${title()}, ${clock(moment(of.first))}`.replace(/[\\`*_[\]<>&~|#!]/g, "\\$&");
  return `${[fence, ...lines, fence, "", `[${name}](<${href(of)}>)`].map((line) => `> ${line}`.trimEnd()).join("\n")}\n`;
}

/** @param {Picked | undefined} of */
function paint(of) {
  for (const node of painted) node.removeAttribute("data-picked");
  painted = [];
  if (!of) return;
  /** @type {Map<HTMLElement, HTMLElement[]>} */
  const inside = new Map();
  for (const row of between(of)) {
    const list = /** @type {HTMLElement} */ (row.parentElement);
    const found = inside.get(list);
    if (found) found.push(row);
    else inside.set(list, [row]);
  }
  for (const [list, found] of inside) painted.push(...(found.length === list.childElementCount ? [list] : found));
  for (const node of painted) node.setAttribute("data-picked", "");
}

/** @param {HTMLElement | undefined} row */
function link(row) {
  return /** @type {HTMLElement | null | undefined} */ (row?.querySelector("a.tc"));
}

/** @type {Record<string, (of: Picked, button: Element) => void>} */
const actions = {
  link: (of, button) => copy(href(of), "link_copied", button),
  text: (of, button) => copy(asText(of), "quote_copied", button),
  markdown: (of, button) => copy(asMarkdown(of), "quote_copied", button),
  play: (of) => {
    const { start, end } = clip(of);
    document.dispatchEvent(new CustomEvent("castsite:seek", { detail: { time: start, end, play: true } }));
  },
  close: release,
};

/** @type {HTMLElement | undefined} */
let bar;

/**
 * The bar of the transcript, at work since the first time.
 * @param {HTMLElement} transcript
 */
function toolbar(transcript) {
  if (bar) return bar;
  const found = (bar = /** @type {HTMLElement} */ (transcript.querySelector("[data-clip]")));
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (found.querySelectorAll("[data-do]"));
  for (const button of buttons) {
    const name = button.dataset.do ?? "";
    button.hidden = ["link", "text", "markdown"].includes(name) && !navigator.clipboard;
    button.addEventListener("click", () => picked && actions[name]?.(picked, button));
  }
  found.addEventListener("pointerdown", (event) => event.preventDefault()); // or the browser drops its selection
  found.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (!picked || event.defaultPrevented) return;
    const inBar = found.contains(document.activeElement);
    if (event.key === "Escape") {
      const focused = document.activeElement;
      release();
      getSelection()?.removeAllRanges();
      if (!inBar && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    } else if (event.key === "Tab" && !event.shiftKey && !inBar && document.activeElement?.closest(ROW)) {
      event.preventDefault(); // the bar comes next, not the next of many lines
      [...buttons].find((button) => !button.hidden)?.focus();
    } else if (event.key === "Tab" && event.shiftKey && document.activeElement === [...buttons].find((button) => !button.hidden)) {
      event.preventDefault();
      (link(picked.fixed) ?? found).focus();
    } else return;
  });
  document.addEventListener("selectionchange", () => {
    if (picked?.drawn && getSelection()?.isCollapsed && !found.contains(document.activeElement)) release();
  });
  return found;
}

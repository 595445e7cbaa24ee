// The page of one recording.
import { begin } from "./begin.js";
import { offerCopies } from "./copy.js";
import "./preview.js";

const { later } = begin();
const [follow, visit, seek] = [later("follow"), later("visit"), later("seek")];
offerCopies(document);

const captions = /** @type {HTMLElement | null} */ (document.querySelector("[data-captions]"));
// where they cannot be fetched, they stand among the files
if (captions) import("./captions.js").then(({ offerCaptions }) => offerCaptions(captions), () => {});

// a series may be wider than the window
const part = document.querySelector(".strip [aria-current]")?.closest("li");
const strip = part?.parentElement;
if (part && strip) strip.scrollLeft = part.offsetLeft - (strip.clientWidth - part.offsetWidth) / 2;

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest("a");
  const row = target?.closest("a, button") ? null : target?.closest(".log > li");
  // whoever selects letters of a line wants to copy them
  if (row instanceof HTMLElement && getSelection()?.isCollapsed) seek(Number(row.dataset.from));
  if (!link || link.origin !== location.origin || link.pathname !== location.pathname) return;
  if (!/[?#&]t=[\d:.]+(?:[&#]|$)/.test(link.search + link.hash)) return;
  event.preventDefault();
  follow(link);
});
document.addEventListener("castsite:seek", (event) => {
  if (event instanceof CustomEvent) visit(event.detail);
});
addEventListener("hashchange", () => {
  if (/[#&]t=/.test(location.hash)) follow({ hash: location.hash, search: "" });
});

const sharing = document.querySelector("[data-sharing]");
for (const button of document.querySelectorAll("[data-share]")) button.addEventListener("click", async () => {
  if (!(sharing instanceof HTMLElement)) return;
  try {
    (await import("./share.js")).openShare(sharing);
  } catch {
    location.hash = sharing.id; // what pages without scripts show
  }
});

// What may have been meant by an address that leads nowhere: what is called nearly like its last part.
import { words } from "./words.js";

const OWN = "404.html"; // is there
const OFFERED = 3;
const LONGEST = 100; // characters that are looked for

const box = document.querySelector("[data-lost]");
if (box instanceof HTMLElement) offer(box);

/** @param {HTMLElement} box */
async function offer(box) {
  const root = new URL(box.dataset.root ?? "/", location.href);
  const path = location.pathname.slice(root.pathname.length);
  const asked = path.endsWith(OWN) ? "" : called(path);
  if (!asked) return;
  const [heading, list] = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("h2, ul")]);
  const found = await nearest(asked, root.href).catch(() => []); // there are other ways on
  heading.hidden = !found.length;
  for (const [href, title] of found) add(list, href, title);
  add(list, `${box.dataset.search}?${new URLSearchParams({ q: asked })}`, words("search_for", { text: asked }));
  box.hidden = false;
}

/**
 * The words of the last part of an address.
 * @param {string} path
 */
function called(path) {
  const last = path.replace(/(\/index)?\.\w{1,5}$/, "").split("/").findLast(Boolean) ?? "";
  let text = last;
  try {
    text = decodeURIComponent(last);
  } catch {
    // no text of ours: looked for as it is
  }
  return text.split(/[\s_.+%-]+/).join(" ").trim().slice(0, LONGEST);
}

/**
 * Addresses and titles.
 * @param {string} asked
 * @param {string} root
 * @returns {Promise<[string, string][]>}
 */
async function nearest(asked, root) {
  const { address, Reader } = await import("./reader.js");
  const reader = new Reader(root);
  const wish = { q: asked, in: "titles", tag: "", series: "", author: "", from: "", to: "", min: "", max: "" };
  let ranking = await reader.rank(wish);
  for (const q of ranking.near) if (!ranking.hits.length) ranking = await reader.rank({ ...wish, q });
  const { shown } = await reader.results(ranking, 1, () => {});
  return shown.slice(0, OFFERED).map(({ entry: { slug, title } }) => [`${root}${address(slug)}/`, title || slug]);
}

/**
 * @param {HTMLElement} list
 * @param {string} href
 * @param {string} text
 */
function add(list, href, text) {
  const link = Object.assign(document.createElement("a"), { href, dir: "auto", textContent: text });
  const row = document.createElement("li");
  row.append(link);
  list.append(row);
}

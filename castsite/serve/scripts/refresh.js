// Shows a build that changed this page, or a file it has loaded: style sheets are swapped in place, all else loads anew.

const INDEX = "index.html";
const PLAYING = 500; // milliseconds within which a player that plays says where it is
const LOADED = 10_000; // files that a browser is to remember, instead of 250

performance.setResourceTimingBufferSize(LOADED);

/** What the server gives for this page, to be compared after a build. */
let source = fetched();

async function fetched() {
  try {
    return await (await fetch(location.href)).text();
  } catch {
    return ""; // the server has gone
  }
}

/** Where the player of this page is, in seconds; when it said so, and whether it had done so just before. */
let time = 0;
let told = -PLAYING;
let steady = false;
document.addEventListener("castsite:time", (event) => {
  time = /** @type {CustomEvent<{time: number}>} */ (event).detail.time;
  steady = performance.now() - told < PLAYING;
  told = performance.now();
});

/** Loads the page anew. Browsers keep the place on it; the address keeps that in the recording. */
export function reload() {
  if (time > 0) {
    const address = new URL(location.href);
    address.searchParams.set("t", String(Math.round(time * 100) / 100));
    if (steady && performance.now() - told < PLAYING) address.searchParams.set("autoplay", "1");
    else address.searchParams.delete("autoplay");
    history.replaceState(history.state, "", address);
  }
  location.reload();
}

/**
 * @param {string[]} changed paths of files, from the site's top
 * @param {string} build
 */
export async function refresh(changed, build) {
  const mine = used(changed);
  if (!mine.length) return;
  const here = plain(location.href);
  if (mine.some((href) => href !== here && !href.endsWith(".css"))) {
    reload();
    return;
  }
  const [before, after] = await Promise.all([source, fetched()]);
  if (!after || unstyled(before) !== unstyled(after)) {
    reload();
    return;
  }
  source = Promise.resolve(after);
  restyle(after, mine, build);
}

/**
 * The addresses of those files that this page is made from.
 * @param {string[]} changed
 */
function used(changed) {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => plain(name));
  const all = new Set([plain(location.href), ...loaded]);
  return changed.map((path) => new URL(`../${encodeURI(path)}`, import.meta.url).href).filter((href) => all.has(href));
}

/**
 * The address of a file, without query and fragment.
 * @param {string} href
 */
function plain(href) {
  return href.replace(/[?#].*/, "").replace(/\/$/, `/${INDEX}`);
}

/**
 * A page without its style sheets and the mark of its build.
 * @param {string} text
 */
function unstyled(text) {
  return text.replace(/<link\b[^>]*\brel="?stylesheet[^>]*>/g, "").replace(/ data-build="\w*"/, "");
}

/**
 * Puts the style sheets of a page into this one.
 * @param {string} text
 * @param {string[]} changed
 * @param {string} build
 */
function restyle(text, changed, build) {
  const old = sheets(document);
  const wanted = sheets(new DOMParser().parseFromString(text, "text/html"));
  wanted.forEach((link, at) => {
    const fresh = document.importNode(link);
    fresh.href = new URL(link.getAttribute("href") ?? "", location.href).href;
    const before = old[at];
    if (before && plain(before.href) === plain(fresh.href) && !changed.includes(plain(fresh.href))) return;
    fresh.href += `?${build}`; // what a page has loaded it takes from its memory, whatever the server says of keeping
    fresh.onload = () => before?.remove(); // never a moment without style
    if (before) before.before(fresh);
    else document.head.append(fresh);
  });
  for (const link of old.slice(wanted.length)) link.remove();
}

/** @param {Document} page */
function sheets(page) {
  return /** @type {HTMLLinkElement[]} */ ([...page.head.querySelectorAll("link[rel~=stylesheet]")]);
}

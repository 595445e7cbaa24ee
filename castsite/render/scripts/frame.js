// A recording in somebody else's page: a frame of its own, whose height follows what is in it. Messages are those of
// asciinema.org's frames: `bodySize` comes from the frame, `textStyle` goes into it. Classic script, since an address in
// a `<script src>` of another site is fetched without asking that site's leave.

const LOWEST = 100; // pixels: no message makes a frame smaller
const HIGHEST = 5000; // or larger

/** The colour around, of whatever kind it is, as one of sRGB. */
const SAME = "color-mix(in srgb, currentcolor, currentcolor)";

/** @param {string} share of a colour's most, which more vivid ones are beyond */
const byte = (share) => Math.round(Math.min(Math.max(Number(share), 0), 1) * 255);

/** What may be asked of a player: the names of attributes, without `data-`, and what they are called in addresses. */
const WISHES = {
  speed: "speed", autoplay: "autoplay", loop: "loop", theme: "theme", preload: "preload", cols: "cols", rows: "rows",
  poster: "poster", end: "end", "start-at": "startAt", t: "startAt", "idle-time-limit": "idleTimeLimit", i: "idleTimeLimit",
};

/** Wishes that are granted by their mere name. */
const SWITCHES = ["autoplay", "loop", "preload"];

/**
 * The query of a frame's address, from the attributes of the element it stands for.
 * @param {Element} element
 * @param {string} prefix of the attributes
 */
function asked(element, prefix) {
  const found = [];
  for (const [name, parameter] of Object.entries(WISHES)) {
    const value = element.getAttribute(prefix + name);
    if (value === null || (value === "" && !SWITCHES.includes(parameter))) continue;
    found.push(`${parameter}=${encodeURIComponent(value === "" ? "1" : value)}`);
  }
  return found.length ? `?${found.join("&")}` : "";
}

/**
 * A frame that is not in a page yet, and what ends its listening.
 * @param {string} address
 * @param {string} title
 */
function makeFrame(address, title) {
  const frame = document.createElement("iframe");
  const { origin } = new URL(address);
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /** @param {MessageEvent} event */
  const hear = ({ origin: from, source, data }) => {
    if (from !== origin || source !== frame.contentWindow || data?.type !== "bodySize") return;
    const height = data.payload?.height;
    if (Number.isFinite(height)) frame.style.height = `${Math.min(Math.max(Math.ceil(height), LOWEST), HIGHEST)}px`;
  };
  const tell = () => {
    const around = frame.parentElement ?? /** @type {ShadowRoot} */ (frame.getRootNode()).host;
    if (!around) return; // it was taken out of the page
    const { fontFamily, fontSize } = getComputedStyle(around);
    const [, red, green, blue] = /^color\(srgb (\S+) (\S+) ([^\s)]+)/.exec(getComputedStyle(frame).color) ?? [];
    const color = blue ? `rgb(${[red, green, blue].map(byte).join(", ")})` : getComputedStyle(around).color;
    frame.contentWindow?.postMessage({ type: "textStyle", payload: { color, fontFamily, fontSize } }, origin);
  };

  Object.assign(frame, { src: address, title, allow: "fullscreen", referrerPolicy: "no-referrer", scrolling: "no" });
  Object.assign(frame.style, { display: "block", width: "100%", margin: "0", border: "0", overflow: "hidden", visibility: "hidden", color: SAME });
  frame.addEventListener("load", () => {
    frame.style.visibility = "visible";
    tell();
    setTimeout(tell, 1000); // the page's own style sheets may have come by then
  });
  addEventListener("message", hear);
  dark.addEventListener("change", tell);
  const forget = () => {
    removeEventListener("message", hear);
    dark.removeEventListener("change", tell);
  };
  return { frame, forget };
}

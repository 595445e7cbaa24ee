// The page of a private recording: a passphrase opens it, here and nowhere else. Keys cannot be taken out of the browser's
// hands, and nothing is stored. `castsite/safety/encrypt.py` writes what is read here.
import { words } from "./words.js";

const FEWEST = 600_000; // rounds of PBKDF2: they are done before anything can be authenticated
const MOST = 10_000_000;

/**
 * @typedef {object} Secret what was encrypted; `castsite/render/private.py` says what each part is
 * @property {string} title
 * @property {string} description
 * @property {string} text
 * @property {string[]} facts
 * @property {string[]} tags
 * @property {string} clock
 * @property {number} duration
 * @property {string} poster
 * @property {string} trace
 * @property {string} transcript
 * @property {string} screening
 * @property {string} stage
 * @property {Record<string, unknown>} options
 * @property {string} cast
 */

/** @typedef {Record<"h" | "wiv" | "wk" | "iv", Uint8Array<ArrayBuffer>>} Envelope */

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-unlock]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
const busy = /** @type {HTMLElement} */ (form.querySelector("[data-busy]"));
const refusal = /** @type {HTMLElement} */ (form.querySelector("[data-refusal]"));

if (globalThis.crypto?.subtle) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt();
  });
} else {
  form.hidden = true;
  /** @type {HTMLElement} */ (document.querySelector("[data-insecure]")).hidden = false;
}

async function attempt() {
  if (form.ariaBusy === "true" || !field.value) return;
  form.ariaBusy = "true";
  refusal.textContent = "";
  field.ariaInvalid = null;
  busy.textContent = words("unlocking");
  button.setAttribute("aria-disabled", "true");
  /** @type {Secret | undefined} */
  let secret;
  let told = "not_unlocked"; // whatever it was: who tries passphrases learns nothing from it
  try {
    secret = await open(field.value);
  } catch (error) {
    if (error instanceof Unloaded) told = "not_loaded"; // no passphrase was tried
  }
  form.ariaBusy = null;
  busy.textContent = "";
  button.removeAttribute("aria-disabled");
  if (secret) {
    field.value = "";
    await show(secret);
  } else {
    refusal.textContent = words(told);
    field.ariaInvalid = String(told === "not_unlocked");
    field.select();
    field.focus();
  }
}

/**
 * @param {string} passphrase
 * @returns {Promise<Secret>}
 */
async function open(passphrase) {
  const lock = /** @type {HTMLElement} */ (document.querySelector("[data-lock]"));
  /** @type {Record<string, string>} */
  const written = JSON.parse(lock.textContent ?? "");
  const envelope = /** @type {Envelope} */ (Object.fromEntries(Object.entries(written).map(([name, text]) => [name, bytes(text)])));
  const { iter, salt } = read(envelope.h);
  const { subtle } = crypto;
  const sealed = await load(new URL(lock.dataset.lock ?? "", document.baseURI));
  const phrase = new TextEncoder().encode(passphrase.normalize("NFC"));
  const source = await subtle.importKey("raw", phrase, "PBKDF2", false, ["deriveKey"]);
  const aes = { name: "AES-GCM", length: 256 };
  const wrapping = await subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: iter }, source, aes, false, ["unwrapKey"]);
  const bound = { name: "AES-GCM", additionalData: envelope.h };
  const key = await subtle.unwrapKey("raw", envelope.wk, wrapping, { ...bound, iv: envelope.wiv }, aes, false, ["decrypt"]);
  const plain = new DataView(await subtle.decrypt({ ...bound, iv: envelope.iv }, key, sealed));
  const packed = new Uint8Array(plain.buffer, 4, plain.getUint32(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** What is encrypted could not be fetched. */
class Unloaded extends Error {}

/** @param {URL} url */
async function load(url) {
  try {
    const response = await fetch(url);
    if (response.ok) return await response.arrayBuffer();
  } catch {
    // there is no connection, or it broke off
  }
  throw new Unloaded();
}

/**
 * Reads a header. What it asks for is not done unless it is what castsite may have written for this very page.
 * @param {Uint8Array<ArrayBuffer>} written
 */
function read(written) {
  const { v, alg, kdf, iter, salt, id } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(written));
  const here = location.pathname.replace(/\/(index\.html)?$/, "").split("/").pop();
  const known = v === 1 && alg === "A256GCM" && kdf === "PBKDF2-HMAC-SHA256" && id === here;
  if (!known || !Number.isInteger(iter) || iter < FEWEST || iter > MOST) throw new Error("not a header of this page");
  return { iter: /** @type {number} */ (iter), salt: bytes(salt) };
}

/** @param {string} text in base64 */
function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** @param {Secret} secret */
async function show(secret) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-opened]"));
  const page = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const texts = { title: secret.title, clock: secret.clock };
  const markup = {
    description: secret.description,
    text: secret.text,
    poster: secret.poster,
    trace: secret.trace,
    transcript: secret.transcript,
  };
  for (const part of [page, document]) {
    for (const [name, text] of Object.entries(texts)) fill(part, name, () => [text]);
    for (const [name, html] of Object.entries(markup)) fill(part, name, () => parsed(html));
    for (const name of /** @type {const} */ (["facts", "tags"])) fill(part, name, () => secret[name].map(fact));
  }
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));
  // through the object model, since the policy lets no attribute do that
  find("screening").style.cssText = secret.screening;
  find("stage").style.cssText = secret.stage;
  page.querySelector(".recording")?.classList.toggle("hours", secret.clock.length > 5);
  const files = JSON.parse(document.querySelector("[data-player]")?.textContent ?? "");
  const island = { ...files, duration: secret.duration, options: secret.options, text: secret.cast };
  document.head.append(
    Object.assign(document.createElement("script"), { type: "application/json", id: "castsite-player", textContent: JSON.stringify(island) }),
  );
  // who is quicker than the scripts has asked all the same
  let asked = false;
  const play = /** @type {HTMLElement | null} */ (page.querySelector("[data-play]"));
  play?.addEventListener("click", () => (asked = true), { once: true });
  /** @type {HTMLElement} */ (document.querySelector("[data-locked]")).replaceWith(page);
  /** @type {HTMLElement | null} */ (document.querySelector("h1"))?.focus();
  await Promise.all([import("./recording.js").then(() => asked && play?.click()), import("./inside.js")]);
}

/**
 * Fills every place of a name, and takes out those that stay empty.
 * @param {DocumentFragment | Document} page
 * @param {string} name
 * @param {() => (Node | string)[]} make
 */
function fill(page, name, make) {
  for (const place of page.querySelectorAll(`[data-fill="${name}"]`)) {
    const content = make();
    if (!content.join("")) place.remove();
    else if (place.className === "without-box") place.replaceWith(...content);
    else place.replaceChildren(...content);
  }
}

/** @param {string} text */
function fact(text) {
  return Object.assign(document.createElement("span"), { textContent: text });
}

/**
 * What was sanitised before it was encrypted, read by the parser that reads pages; scripts in it would not run.
 * @param {string} html
 */
function parsed(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}

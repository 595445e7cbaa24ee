// The page that searches everything: its form, its address, its keys, and what is said. What looks into the index is
// fetched with the first wish.
import { words } from "./words.js";

/** @typedef {import("./reader.js").Wish} Wish */
/** @typedef {import("./reader.js").Ranking} Ranking */

const NAMES = /** @type {const} */ (["q", "in", "tag", "series", "author", "from", "to", "min", "max"]);
const WAIT = 60; // milliseconds: who types on is not interrupted,
const HELD = 150; // and titles wait for their lines

const form = document.querySelector("[data-search]");
if (form instanceof HTMLFormElement) offer(form);

/** @param {HTMLFormElement} form */
function offer(form) {
  const [list, pager, said, status] = ["found", "pager", "said", "status"].map((name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`)));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const root = new URL(form.dataset.root ?? "../", document.baseURI).href;
  let page = 1;
  let turn = 0;
  let timer = 0;
  let ready = false; // what is listed answers what is asked
  let following = false; // the first of it, as soon as it is there
  /** @type {ReturnType<typeof load> | undefined} */
  let loading;

  const load = async () => {
    const [{ Reader }, drawing, counting] = await Promise.all([import("./reader.js"), import("./found.js"), import("./tally.js")]);
    const reader = new Reader(root);
    reader.open().catch(() => {}); // told when something is asked
    return { reader, drawing, counting };
  };
  const tools = async () => {
    try {
      return await (loading ??= load());
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };

  const value = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? "");
  const wished = () => /** @type {Wish} */ (Object.fromEntries(NAMES.map((name) => [name, value(name)])));

  /** @param {number} [number] of a page of results */
  const address = (number = page, query = field.value) => {
    const given = new URLSearchParams(NAMES.map((name) => [name, name === "q" ? query : value(name)]).filter(([, text]) => text));
    if (number > 1) given.set("page", String(number));
    return given.size ? `?${given}` : location.pathname;
  };

  const opener = form.querySelector("[data-narrow]");
  const narrow = (/** @type {boolean} */ open) => {
    if (!opener) return;
    opener.ariaExpanded = String(open);
    form.querySelector(".narrow")?.toggleAttribute("hidden", !open);
  };
  opener?.addEventListener("click", () => narrow(opener.ariaExpanded !== "true"));

  const read = () => {
    const given = new URLSearchParams(location.search);
    page = Math.min(Math.max(Math.trunc(Number(given.get("page"))) || 1, 1), 1000);
    for (const name of NAMES) {
      const input = form.elements.namedItem(name);
      const text = given.get(name) ?? "";
      if (input instanceof HTMLSelectElement && text && ![...input.options].some((option) => option.value === text)) input.add(new Option(text, text));
      if (input instanceof RadioNodeList || input instanceof HTMLInputElement || input instanceof HTMLSelectElement) input.value = text;
    }
    if (NAMES.slice(2).some((name) => given.get(name))) narrow(true);
  };

  const write = () => {
    try {
      history.replaceState(null, "", address());
    } catch {
      // a browser may count how often that happens; the next letter tries again
    }
  };

  /**
   * Shows a message, or none.
   * @param {string} [title]
   * @param {...(Node | string)} inside
   */
  const tell = (title = "", ...inside) => {
    const [heading, text] = [document.createElement("h2"), document.createElement("p")];
    heading.textContent = title;
    text.append(...inside);
    said.replaceChildren(...(title ? [heading] : []), ...(inside.length ? [text] : []));
    said.hidden = !title;
  };

  const empty = () => {
    list.replaceChildren();
    pager.hidden = true;
    list.ariaBusy = null;
    tell();
  };

  const idle = (/** @type {boolean} */ so) => document.querySelector("[data-browse]")?.toggleAttribute("data-idle", so);

  const fail = (/** @type {string} */ text) => {
    list.ariaBusy = null;
    status.textContent = "";
    list.replaceChildren();
    pager.hidden = true;
    following = false;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: words("try_again") });
    button.addEventListener("click", run);
    tell(text, button);
    idle(true);
  };

  async function run() {
    clearTimeout(timer);
    const mine = ++turn;
    const wish = wished();
    ready = false;
    idle(false);
    if (!NAMES.some((name) => name !== "in" && wish[name].trim())) {
      empty();
      status.textContent = "";
      idle(true);
      return;
    }
    list.ariaBusy = "true";
    if (!list.childElementCount && said.hidden) status.textContent = words("reading");
    try {
      await search(wish, mine).catch(async (error) => {
        if (mine !== turn || !(await (await tools()).reader.renew())) throw error; // else it was published anew in between
        await search(wish, mine);
      });
    } catch (error) {
      if (mine === turn) fail(error instanceof Error && error.name === "Damaged" ? words("search_damaged") : words("search_unavailable"));
    }
  }

  /**
   * @param {Wish} wish
   * @param {number} mine
   */
  async function search(wish, mine) {
    const { reader, drawing, counting } = await tools();
    if (mine !== turn) return;
    const scene = drawing.scene(root, wish, list);
    let drawn = /** @type {Element[]} */ ([]);
    let early = false; // titles without their lines are in sight
    let held = 0;
    const show = (/** @type {import("./catalogue.js").Entry[]} */ entries) => {
      drawn = entries.map((entry) => drawing.outline(entry, scene));
      tell();
      list.replaceChildren(...drawn);
    };
    const look = async () => {
      drawn = [];
      const ranking = await reader.rank(wish);
      const hold = (/** @type {import("./catalogue.js").Entry[]} */ entries) => {
        held = setTimeout(() => {
          if (mine !== turn) return;
          show(entries);
          early = true;
          status.textContent = counting.tally(ranking, counting.promised(ranking));
        }, HELD);
      };
      return { ranking, results: await reader.results(ranking, page, hold).finally(() => clearTimeout(held)) };
    };
    let { ranking, results } = await look();
    if (mine === turn && !ranking.asked && !wish.q.trim()) { // a filter that lets all pass
      empty();
      status.textContent = "";
      idle(true);
      return;
    }
    if (results.stale && mine === turn && (await reader.renew())) ({ ranking, results } = await look());
    if (mine !== turn) return;
    if (!ranking.sure || drawn.length !== results.shown.length) show(results.shown.map(({ entry }) => entry));
    results.shown.forEach((one, at) => drawing.complete(drawn[at], one, scene));
    const rooms = [...list.querySelectorAll("[data-room]")].filter((room) => !early || room.getBoundingClientRect().top > innerHeight);
    for (const room of rooms) room.removeAttribute("data-room"); // what is in sight stays where it is
    status.textContent = counting.tally(ranking, results);
    counting.turn(pager, results, page, address);
    if (!results.shown.length) none(ranking, wish, results.next, drawing.link);
    list.ariaBusy = null;
    ready = true;
    if (following) follow();
  }

  /**
   * @param {Ranking} ranking
   * @param {Wish} wish
   * @param {boolean} next whether there is more to look at
   * @param {typeof import("./found.js").link} link
   */
  function none({ asked, near, hits, wide }, wish, next, link) {
    list.replaceChildren();
    if (next) return tell(words("not_yet_found"), link(address(page + 1), words("look_further")));
    if (hits.length && page > 1) return tell(words("no_such_page"), link(address(1), words("first_page")));
    if (!asked && wish.q.trim()) return tell(words("no_word"));
    const narrowed = NAMES.some((name) => name !== "q" && wish[name].trim());
    const title = hits.length || wide || narrowed ? words("nothing_so") : words("never_on_screen", { text: wish.q.trim() });
    const offers = near.flatMap((query, at) => [at ? ", " : "", link(address(1, query), query)]);
    const [before, after] = words("did_you_mean", { words: "\n" }).split("\n");
    tell(title, ...(offers.length ? [before, ...offers, after] : []));
  }

  function follow() {
    following = false;
    list.querySelector("a")?.click(); // its title
  }

  form.addEventListener("input", ({ target }) => {
    page = 1;
    following = false;
    write();
    clearTimeout(timer);
    turn += 1;
    ready = false;
    timer = setTimeout(run, target === field ? WAIT : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const part of [said, pager]) part.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    read();
    run();
    field.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  addEventListener("popstate", () => {
    read();
    run();
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (key === "Enter" && target === field) {
      event.preventDefault();
      following = !ready && Boolean(field.value.trim());
      if (ready) follow();
      return;
    }
    const stops = [field, ...[said, list, pager].flatMap((part) => /** @type {HTMLElement[]} */ ([...part.querySelectorAll("a, button")]))];
    const at = stops.indexOf(/** @type {HTMLElement} */ (target));
    const way = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (at < 0 || (!way && key !== "Escape")) return;
    event.preventDefault();
    if (way) stops[Math.min(Math.max(at + way, 0), stops.length - 1)].focus();
    else if (at) field.focus();
    else if (field.value) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  read();
  if (!field.value && !location.hash) field.focus({ preventScroll: true });
  for (const name of ["focusin", "pointerdown"]) form.addEventListener(name, () => tools().catch(() => {}), { once: true });
  run();
}

// The page that searches everything: form, address, keys, and what is said. What looks into the index is fetched with the
// first wish.
import { words } from "./words.js";

/** @typedef {import("./reader.js").Wish} Wish */
/** @typedef {import("./reader.js").Ranking} Ranking */

const FILTERS = /** @type {const} */ (["tag", "series", "author", "from", "to", "min", "max"]);
const NAMES = /** @type {const} */ (["q", "in", ...FILTERS]);
const WAIT = 60; // milliseconds: who types on is not interrupted,
const HELD = 150; // titles wait for their lines,
const HEARD = 500; // and nothing is read out before a pause

const form = document.querySelector("[data-search]");
if (form instanceof HTMLFormElement) offer(form);

/** @param {HTMLFormElement} form */
function offer(form) {
  const [list, pager, said, status, heard] = ["found", "pager", "said", "status", "heard"].map((name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`)));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const root = new URL(form.dataset.root ?? "../", document.baseURI).href;
  let page = 1;
  let turn = 0;
  let timer = 0;
  let hearing = 0;
  let ready = false; // what is listed answers what is asked
  let following = false; // the first of it, as soon as it is there
  /** @type {{top: number, at: string} | null} where somebody was who comes back */
  let left = null;
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

  const value = (/** @type {string} */ name) => (form.querySelector(`[name=${name}]:invalid`) ? "" : String(new FormData(form).get(name) ?? ""));
  const wished = () => /** @type {Wish} */ (Object.fromEntries(NAMES.map((name) => [name, value(name)])));

  /**
   * @param {number} [number] of a page of results
   * @param {string} [query]
   * @param {readonly string[]} [names] of what stands in it
   */
  const address = (number = page, query = field.value, names = NAMES) => {
    const given = new URLSearchParams(names.map((name) => [name, name === "q" ? query : value(name)]).filter(([, text]) => text));
    if (number > 1) given.set("page", String(number));
    return given.size ? `?${given}` : location.pathname;
  };

  const title = document.title;
  const heading = document.querySelector("h1")?.textContent ?? "";
  const entitle = (text = field.value.trim()) => (document.title = text ? words("search_for", { text }) + title.slice(heading.length) : title);

  const [opener, clearer, panel] = ["[data-narrow]", "[data-widen]", ".narrow"].map((one) => /** @type {HTMLElement | null} */ (form.querySelector(one)));
  const narrow = (/** @type {boolean} */ open) => {
    if (opener) opener.ariaExpanded = String(open);
    if (panel) panel.hidden = !open;
    seeSaid();
  };
  /** Shows the message where an open panel hides it. */
  const seeSaid = () => {
    if (panel && !panel.hidden && !said.hidden) said.scrollIntoView({ block: "nearest" });
  };
  const count = () => {
    const n = FILTERS.filter(value).length;
    const counted = opener?.querySelector("[data-count]");
    if (counted) counted.textContent = n ? `(${n})` : "";
    if (clearer) clearer.hidden = !n;
    return n;
  };

  const unfiltered = () => address(1, field.value, ["q", "in"]);
  /** @param {URLSearchParams} given */
  const fill = (given) => {
    for (const name of NAMES) {
      let text = given.get(name) ?? "";
      if (text && !form.elements.namedItem(name)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name })); // the site has none
      const input = form.elements.namedItem(name);
      if (input instanceof HTMLSelectElement && text) {
        const known = [...input.options].find((option) => !option.value.localeCompare(text, undefined, { sensitivity: "base" }));
        text = known?.value ?? text;
        if (!known) input.add(new Option(text, text));
      }
      if (input instanceof RadioNodeList) input.value = "";
      if (input instanceof RadioNodeList || input instanceof HTMLInputElement || input instanceof HTMLSelectElement) input.value = text;
    }
  };

  const read = () => {
    const given = new URLSearchParams(location.search);
    page = Math.min(Math.max(Math.trunc(Number(given.get("page"))) || 1, 1), 1000);
    left = history.state;
    fill(given);
  };

  const write = (/** @type {typeof left} */ state, to = location.href) => {
    try {
      history.replaceState(state, "", to);
    } catch {
      // a browser may count how often that happens; the next letter tries again
    }
  };

  const announce = () => {
    clearTimeout(hearing);
    hearing = setTimeout(() => (heard.textContent = [status, said].map((part) => part.innerText).filter(Boolean).join(". ").replace(/\.\. /g, ". ")), HEARD);
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

  const idle = (/** @type {boolean} */ so) => document.querySelector("[data-browse]")?.toggleAttribute("data-idle", so);

  const empty = () => {
    list.replaceChildren();
    pager.hidden = true;
    list.ariaBusy = null;
    status.textContent = "";
    tell();
    idle(true);
  };

  const fail = (/** @type {string} */ text) => {
    empty();
    following = false;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: words("try_again") });
    button.addEventListener("click", run);
    tell(text, button);
    announce();
  };

  async function run() {
    clearTimeout(timer);
    const mine = ++turn;
    const wish = wished();
    ready = false;
    idle(false);
    entitle();
    count();
    if (!NAMES.some((name) => name !== "in" && wish[name].trim())) {
      empty();
      announce();
      return;
    }
    list.ariaBusy = "true";
    if (!list.childElementCount && said.hidden) status.textContent = words("reading");
    try {
      await search(wish, mine).catch(async (error) => {
        if (mine !== turn || !(await (await tools()).reader.renew())) throw error; // published anew in between
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
    wish = counting.measured(wish);
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
          status.textContent = counting.tally(ranking, counting.promised(ranking), form);
        }, HELD);
      };
      return { ranking, results: await reader.results(ranking, page, hold).finally(() => clearTimeout(held)) };
    };
    let { ranking, results } = await look();
    if (mine === turn && !ranking.asked && !wish.q.trim()) { // a filter that lets all pass
      empty();
      return;
    }
    const doubtful = results.stale || (!results.shown.length && reader.aged);
    if (doubtful && mine === turn && (await reader.renew())) ({ ranking, results } = await look());
    if (mine !== turn) return;
    if (!ranking.sure || drawn.length !== results.shown.length) show(results.shown.map(({ entry }) => entry));
    results.shown.forEach((one, at) => drawing.complete(drawn[at], one, scene));
    const rooms = [...list.querySelectorAll("[data-room]")].filter((room) => !early || room.getBoundingClientRect().top > innerHeight);
    for (const room of rooms) room.removeAttribute("data-room"); // what is in sight stays
    status.textContent = counting.tally(ranking, results, form);
    counting.turn(pager, results, page, address);
    if (!results.shown.length) none(ranking, wish, results.next, drawing.link);
    list.ariaBusy = null;
    ready = true;
    announce();
    comeBack();
    if (following) follow();
  }

  /** Goes where somebody was. */
  function comeBack() {
    if (!left) return;
    const { top, at } = left;
    const links = [list, pager].flatMap((part) => [...part.querySelectorAll("a")]);
    links.find(({ href }) => href === at)?.focus({ preventScroll: true });
    scrollTo(0, top);
    left = null;
  }

  /**
   * @param {Ranking} ranking
   * @param {Wish} wish
   * @param {boolean} next whether there is more to look at
   * @param {typeof import("./found.js").link} link
   */
  function none({ asked, near, hits, wide, unknown }, wish, next, link) {
    list.replaceChildren();
    idle(true);
    if (next) return tell(words("not_yet_found"), link(address(page + 1), words("look_further")));
    if (hits.length && page > 1) return tell(words("no_such_page"), link(address(1), words("first_page")));
    if (!asked && wish.q.trim()) return tell(words("no_word"));
    const narrowed = NAMES.some((name) => name !== "q" && wish[name].trim());
    const title = narrowed ? words("nothing_so") : hits.length || wide ? words("no_match") : words("never_on_screen", { text: wish.q.trim() });
    const offers = near.flatMap((query, at) => [at ? ", " : "", link(address(1, query), query)]);
    const [before, after] = words("did_you_mean", { words: "\n" }).split("\n");
    tell(title, ...unknown.map((text) => `${words("unknown_name", { text })} `), ...(offers.length ? [before, ...offers, after] : []), ...(count() ? [" ", link(unfiltered(), words("clear_filters"))] : []));
    seeSaid();
  }

  function follow() {
    following = false;
    const first = list.firstElementChild;
    (first?.querySelector(".hits")?.querySelector("a") ?? first?.querySelector("a"))?.click();
  }

  const change = (wait = 0) => {
    page = 1;
    following = false;
    write(null, address());
    clearTimeout(timer);
    clearTimeout(hearing);
    turn += 1;
    ready = false;
    left = null;
    timer = setTimeout(run, wait);
  };
  const clear = () => {
    field.value = "";
    field.focus();
    change();
  };
  form.addEventListener("input", ({ target }) => change(target === field ? WAIT : 0));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-clear]")?.addEventListener("click", clear);
  opener?.addEventListener("click", () => narrow(opener.ariaExpanded !== "true"));
  clearer?.addEventListener("click", () => {
    fill(new URLSearchParams(unfiltered()));
    opener?.focus();
    change();
  });
  for (const part of [said, list, pager]) part.addEventListener("click", (event) => {
    const { target } = event;
    if (target instanceof HTMLButtonElement) field.focus(); // it is about to go
    const link = target instanceof Element ? target.closest("a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    write({ top: scrollY, at: link.href });
    if (part === list) return;
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
    if (key === "Escape" && target instanceof Node && panel?.contains(target)) {
      narrow(false);
      opener?.focus();
      return;
    }
    const stops = [field, ...[said, list, pager].flatMap((part) => /** @type {HTMLElement[]} */ ([...part.querySelectorAll("a, button")]))];
    const at = stops.indexOf(/** @type {HTMLElement} */ (target));
    const way = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (at < 0 || (!way && key !== "Escape")) return;
    event.preventDefault();
    if (way) stops[Math.min(Math.max(at + way, 0), stops.length - 1)].focus();
    else if (at) field.focus();
    else if (field.value) clear();
  });

  const early = document.activeElement === field ? field.value : ""; // typed before this script ran
  read();
  if (early) {
    field.value = early;
    page = 1;
    write(null, address());
    left = null;
  } else if (!location.hash && (!field.value || matchMedia("(hover: hover)").matches)) {
    field.focus({ preventScroll: true });
    field.select();
  }
  for (const name of ["focusin", "pointerdown"]) form.addEventListener(name, () => tools().catch(() => {}), { once: true });
  run();
}

// <castsite-player src="https://host/git/rebase/">: a recording of the site this script comes from. What stands inside
// the element is shown until then, and where the address is none of that site's.
{
  const script = document.currentScript ?? document.querySelector('script[src*="/castsite-player.js"]');
  const root = script instanceof HTMLScriptElement ? new URL("./", script.src).href : "";

  /**
   * The address of the player alone, or nothing. A recording goes by the address of its page, of its file, of its
   * player, or by what comes after the site's own.
   * @param {string} written
   */
  const embed = (written) => {
    const address = URL.canParse(written, root) ? new URL(written, root) : null;
    if (!root || !address?.href.startsWith(root)) return "";
    const path = address.origin + address.pathname;
    const slug = path.slice(root.length).replace(/^embed\//, "").replace(/(\.cast|\/|\/index\.html)$/, "");
    return /^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(slug) ? `${root}embed/${slug}/` : "";
  };

  class CastsitePlayer extends HTMLElement {
    static observedAttributes = ["src", ...Object.keys(WISHES)];
    /** @type {ReturnType<typeof makeFrame> | undefined} */
    #made;
    #waiting = false;

    connectedCallback() {
      this.style.display ||= "block";
      this.#renew();
    }

    disconnectedCallback() {
      this.#made?.forget();
      this.#made = undefined;
    }

    attributeChangedCallback() {
      this.#renew();
    }

    /** Several attributes that change together are one change. */
    #renew() {
      if (this.#waiting) return;
      this.#waiting = true;
      queueMicrotask(() => {
        this.#waiting = false;
        if (this.isConnected) this.#show();
      });
    }

    #show() {
      const inside = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      const address = embed(this.getAttribute("src") ?? "");
      this.#made?.forget();
      this.#made = address ? makeFrame(address + asked(this, ""), this.getAttribute("title") || this.textContent?.trim() || "Terminal session recording") : undefined;
      if (this.#made) this.#made.frame.style.aspectRatio = "16 / 10"; // until it says how high it is
      inside.replaceChildren(this.#made?.frame ?? document.createElement("slot"));
    }
  }

  if (!customElements.get("castsite-player")) customElements.define("castsite-player", CastsitePlayer);
}

// Copy buttons of commands. They stay hidden where the browser offers no clipboard.

/** @param {ParentNode} page */
export function offerCopies(page) {
  if (!navigator.clipboard) return;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...page.querySelectorAll("button[data-copy]")]);
  for (const button of buttons) offer(button, () => command(button));
  const all = page.querySelector("button[data-copy-all]");
  if (all) offer(all, () => buttons.map(command).join("\n"));
}

/** @param {HTMLButtonElement} button */
function command(button) {
  return button.dataset.copy || (button.parentElement?.querySelector("code")?.textContent ?? "");
}

/**
 * @param {Element} button
 * @param {() => string} text
 */
function offer(button, text) {
  button.removeAttribute("hidden");
  button.addEventListener("click", async () => {
    const status = document.querySelector("[data-status]");
    const copied = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    button.toggleAttribute("data-done", copied);
    if (status) status.textContent = copied ? "Copied" : "Copying was refused";
    setTimeout(() => {
      button.removeAttribute("data-done");
      if (status) status.textContent = "";
    }, 1500);
  });
}

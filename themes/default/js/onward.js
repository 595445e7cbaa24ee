// After a part of a series: the next one, at once, by itself, or not at all.
import { recall, remember } from "./remembered.js";
import { isTyping } from "./typing.js";
import { words } from "./words.js";

const COUNT = 5; // seconds until the next part follows

/**
 * @param {HTMLTemplateElement} template holds the offer
 * @param {Element} below what it stands above
 */
export function offerNext(template, below) {
  below.before(template.content.cloneNode(true));
  const offer = /** @type {HTMLElement} */ (below.previousElementSibling);
  const link = /** @type {HTMLAnchorElement} */ (offer.querySelector("a"));
  const left = /** @type {HTMLElement} */ (offer.querySelector("[data-left]"));
  const by = /** @type {HTMLInputElement} */ (offer.querySelector("input"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  by.checked = recall("onward") !== "off" && !calm;
  if (calm) by.closest("label")?.remove(); // nothing moves by itself
  let seconds = COUNT;
  const count = () => {
    left.textContent = by.checked ? words("in_seconds", { n: seconds }) : "";
    if (by.checked && seconds <= 0) location.assign(link.href);
  };
  const held = () => {
    const { top, bottom } = offer.getBoundingClientRect();
    // out of sight, being read, or less near than a field or a dialog
    return document.hidden || bottom < 0 || top > innerHeight || offer.matches(":hover") || offer.querySelector(":focus-visible") || isTyping(document.activeElement);
  };
  const timer = setInterval(() => {
    if (!by.checked || held()) return;
    seconds -= 1;
    count();
  }, 1000);
  /** @param {KeyboardEvent} event */
  const leave = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) stay();
  };
  const stay = () => {
    clearInterval(timer);
    document.removeEventListener("keydown", leave);
    offer.remove();
  };
  by.addEventListener("change", () => {
    remember("onward", by.checked ? "on" : "off");
    seconds = COUNT;
    count();
  });
  offer.querySelector("button")?.addEventListener("click", stay);
  document.addEventListener("keydown", leave);
  count();
  // there before its words, or they would not be read out
  if (by.checked) setTimeout(() => offer.querySelector("[role=status]")?.append(words("next_in", { n: COUNT })), 100);
  return stay;
}

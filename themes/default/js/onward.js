// After a part of a series: the next one, at once, by itself, or not at all.
import { recall, remember } from "./remembered.js";
import { say, words } from "./words.js";

const COUNT = 5; // seconds until the next part follows

/**
 * @param {HTMLTemplateElement} template holds the offer
 * @param {HTMLElement} stage
 */
export function offerNext(template, stage) {
  stage.append(template.content.cloneNode(true));
  const offer = /** @type {HTMLElement} */ (stage.querySelector(".next-up"));
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
  const timer = setInterval(() => {
    if (!by.checked || document.hidden || offer.matches(":hover") || offer.querySelector(":focus-visible")) return; // being read
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
  if (by.checked) say(words("next_in", { n: COUNT }));
  return stay;
}

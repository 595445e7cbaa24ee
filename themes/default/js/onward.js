// After a part of a series: the next one, at once, by itself, or not at all.
import { recall, remember } from "./remembered.js";

const COUNT = 5; // seconds until the next part follows

/**
 * @param {HTMLTemplateElement} template holds the offer
 * @param {HTMLElement} stage
 */
export function offerNext(template, stage) {
  stage.querySelector(".next-up")?.remove();
  stage.append(template.content.cloneNode(true));
  const offer = /** @type {HTMLElement} */ (stage.querySelector(".next-up"));
  const link = /** @type {HTMLAnchorElement} */ (offer.querySelector("a"));
  const left = /** @type {HTMLElement} */ (offer.querySelector("[data-left]"));
  const by = /** @type {HTMLInputElement} */ (offer.querySelector("input"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  by.checked = recall("onward") !== "off";
  let seconds = COUNT;
  const count = () => {
    const runs = by.checked && !calm;
    left.textContent = runs ? `in ${seconds} s` : "";
    if (runs && seconds <= 0) location.assign(link.href);
  };
  const timer = setInterval(() => {
    if (!by.checked || calm || offer.matches(":hover") || offer.querySelector(":focus-visible")) return; // being read
    seconds -= 1;
    count();
  }, 1000);
  const stay = () => {
    clearInterval(timer);
    offer.remove();
  };
  by.addEventListener("change", () => {
    remember("onward", by.checked ? "on" : "off");
    seconds = COUNT;
    count();
  });
  offer.querySelector("button")?.addEventListener("click", stay);
  offer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stay();
  });
  count();
  return stay;
}

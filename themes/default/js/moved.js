// A former address leads on to the new one, and takes along what was asked and the place on the page.
(() => {
  const to = document.currentScript?.dataset.to;
  if (to) location.replace(to + location.search + location.hash);
})();

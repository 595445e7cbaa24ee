// Runs before the first paint: marks that scripts work, and restores what the reader chose here before. Of a page that
// was opened as a file browsers run no modules: it stays the one that needs none.
(() => {
  const root = document.documentElement;
  const choices = { scheme: ["system", "light", "dark"], view: ["sheet", "log"], density: ["roomy", "compact"] };
  root.classList.add(location.protocol === "file:" ? "file" : "js");
  try {
    for (const [name, words] of Object.entries(choices)) {
      const word = localStorage.getItem(`castsite.${name}`);
      if (word && words.includes(word)) root.dataset[name] = word;
    }
  } catch {
    // storage is refused: the site's own choice stays
  }
})();

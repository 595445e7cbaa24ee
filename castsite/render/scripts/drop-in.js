// Stands beside a recording as SLUG.js: puts the player where its <script> stands.
{
  const { embed, script: file, title, ratio, id: own } = RECORDING; // written in front of this by the build
  const NAME = "asciicast-";

  /** @param {HTMLScriptElement} script */
  const place = (script) => {
    script.dataset.initialized = "";
    const id = script.id.startsWith(NAME) ? script.id.slice(NAME.length) : own;
    const { frame } = makeFrame(new URL(embed, script.src).href + asked(script, "data-"), title);
    const box = document.createElement("div");
    box.className = "asciicast";
    box.id = `${NAME}container-${id}`;
    frame.id = frame.name = `${NAME}iframe-${id}`;
    frame.style.aspectRatio = ratio; // until it says how high it is
    Object.assign(box.style, { display: "block", float: "none", overflow: "hidden", padding: "0", margin: "1.5em 0", colorScheme: "light dark" });
    box.append(frame);
    script.after(box);
  };

  // a module does not know its own element: then it is every one that fetches this file
  const { currentScript } = document;
  const scripts = currentScript instanceof HTMLScriptElement ? [currentScript] : [...document.scripts].filter((one) => one.src && new URL(one.src).pathname.endsWith(`/${file}`));
  for (const script of scripts) if (!("initialized" in script.dataset)) place(script);
}

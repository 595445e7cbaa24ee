// What is said where the recording would be when it does not play: once, until it does.

/** @param {Element} stage */
export function showFault(stage) {
  const note = document.querySelector("template[data-fault]");
  if (note instanceof HTMLTemplateElement && !stage.querySelector(".fault")) stage.append(note.content.cloneNode(true));
}

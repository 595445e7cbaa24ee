// Whether a key belongs to a field: then it is a letter, and no command.

const FIELDS = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]";

/** @param {EventTarget | null} target */
export function isTyping(target) {
  return target instanceof Element && Boolean(target.closest(FIELDS));
}

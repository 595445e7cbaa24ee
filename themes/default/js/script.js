// All commands as a file that a shell can read.
import { address, title } from "./place.js";
import { words } from "./words.js";

/**
 * Names no interpreter and is not executable: which shell it was is not known, and nobody should run it unread.
 * @param {string[]} commands
 */
export function download(commands) {
  const head = [`# ${title()}`, `# ${address("")}`, `# ${words("script_note")}`];
  const file = location.pathname.replace(/\/(index\.html)?$/, "").split("/").pop() || "commands";
  const href = URL.createObjectURL(new Blob([[...head, "", ...commands, ""].join("\n")], { type: "text/x-shellscript" }));
  Object.assign(document.createElement("a"), { href, download: `${file}.sh` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser may take its time
}

// Keeps a page as its sources are: hears of builds over livereload's protocol 7, and shows what is wrong.
import { show } from "./overlay.js";
import { refresh, reload } from "./refresh.js";

/** @typedef {{command: string, build: string, changed: string[] | null, problems: number}} Notice */

const PROTOCOL = "http://livereload.com/protocols/official-7";
const SOON = 250; // milliseconds until the next try to connect; doubled up to
const LATER = 2000;

const own = [...document.scripts].find((script) => script.src === import.meta.url);
let build = own?.dataset.build;
let pause = SOON;

function connect() {
  const socket = new WebSocket(new URL("live", import.meta.url).href.replace(/^http/, "ws"));
  /** @param {object} message */
  const send = (message) => socket.send(JSON.stringify(message));
  socket.onopen = () => {
    pause = SOON;
    send({ command: "hello", protocols: [PROTOCOL] });
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.command === "hello") send({ command: "info", url: location.href, plugins: {} });
    if (message.command === "castsite") take(message);
  };
  socket.onclose = () => {
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, LATER);
  };
}

/** @param {Notice} notice */
function take({ build: now, changed, problems }) {
  if (now !== build && !changed) {
    reload(); // this page missed a build
    return;
  }
  build = now;
  show(problems);
  if (changed) refresh(changed, now);
}

connect();

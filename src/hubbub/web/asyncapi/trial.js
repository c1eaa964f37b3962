// A socket to try the protocol on by hand.

import { element, find } from "./elements.js";

const SUBPROTOCOL = "hubbub.v1";
const MOST_FRAMES = 500;

/** @param {{ kind: string, example: Record<string, unknown> }[]} commands */
export function startTrial(commands) {
  const trial = new Trial();
  const choice = find("example", HTMLSelectElement);
  choice.append(...commands.map(({ kind }) => element("option", { value: kind }, kind)));
  const show = () => trial.show(commands[choice.selectedIndex].example);
  choice.addEventListener("change", show);
  show();
}

class Trial {
  /** @type {WebSocket | null} */ #socket = null;
  /** A room of this user, so that the examples work as they are. @type {string | null} */ #room = null;
  /** @type {Record<string, unknown>} */ #example = {};
  #frame = find("frame", HTMLTextAreaElement);
  #token = find("token", HTMLInputElement);
  #frames = find("frames", HTMLOListElement);

  constructor() {
    find("connect", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#socket) this.#socket.close(1000);
      else this.#connect();
    });
    find("say", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(this.#frame.value);
    });
  }

  /** @param {Record<string, unknown>} example the frame to begin with */
  show(example) {
    this.#example = example;
    const fitting = { ...example };
    if ("cursors" in fitting) fitting.cursors = {};
    if (this.#room && "room" in fitting) fitting.room = this.#room;
    if (this.#room && "rooms" in fitting) fitting.rooms = [this.#room];
    if ("key" in fitting) fitting.key = crypto.randomUUID?.() ?? `key-${Date.now()}`;
    this.#frame.value = JSON.stringify(fitting, null, 2);
  }

  #connect() {
    const address = new URL("ws", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, SUBPROTOCOL);
    this.#socket = socket;
    this.#tell("Connecting…", false);
    socket.addEventListener("open", () => this.#tell("Connected. Say hello first.", true));
    socket.addEventListener("message", ({ data }) => this.#heard(String(data)));
    socket.addEventListener("close", ({ code, reason }) => this.#closed(code, reason));
  }

  /** @param {string} text */
  #say(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch (error) {
      this.#log("note", `Not JSON: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const token = this.#token.value.trim();
    this.#log("said", JSON.stringify(frame, null, 1));
    this.#socket?.send(JSON.stringify(frame.type === "hello" && token ? { ...frame, token } : frame));
    if ("key" in this.#example) this.show(this.#example);
  }

  /** @param {string} text */
  #heard(text) {
    const frame = JSON.parse(text);
    this.#log("heard", JSON.stringify(frame, null, 1));
    if (frame.type !== "welcome") return;
    this.#tell(`Welcome, ${frame.user.name}.`, true);
    this.#room = frame.rooms[0]?.id ?? null;
    this.show(this.#example);
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    this.#socket = null;
    this.#log("note", `Closed with ${code}${reason ? `: ${reason}` : ""}`);
    this.#tell("Not connected", false);
  }

  /** @param {string} state @param {boolean} isOpen */
  #tell(state, isOpen) {
    find("state", HTMLOutputElement).value = state;
    find("send", HTMLButtonElement).disabled = !isOpen;
    find("toggle", HTMLButtonElement).textContent = this.#socket ? "Disconnect" : "Connect";
  }

  /** @param {"said" | "heard" | "note"} kind @param {string} text */
  #log(kind, text) {
    const who = { said: "You", heard: "Server", note: "Note" }[kind];
    this.#frames.append(element("li", { class: kind }, element("span", {}, who), element("pre", {}, text)));
    while (this.#frames.childElementCount > MOST_FRAMES) this.#frames.firstElementChild?.remove();
    this.#frames.scrollTop = this.#frames.scrollHeight;
  }
}

// Whether somebody looks at a message, in this tab or in another one: one tab tells for all, and asks them first.

/** @import { Neighbours } from "./shared-socket.js" */

/** @typedef {{ room: string, seq: number, thread?: number, also_to_room?: boolean }} Place where a message stands */

export class Looking {
  /** What was asked and not answered; whoever asked forgets it. @type {Set<string>} */ #asked = new Set();
  /** What somebody looked at in another tab. @type {Set<string>} */ #seen = new Set();

  /** @param {Neighbours} neighbours @param {(message: Place) => boolean} isSeenHere */
  constructor(neighbours, isSeenHere) {
    this.neighbours = neighbours;
    this.isSeenHere = isSeenHere;
    neighbours.listen(({ kind, message, key }) => {
      if (kind === "looking?" && isSeenHere(message)) neighbours.post({ kind: "looking", key: keyOf(message) });
      if (kind === "looking" && this.#asked.has(key)) this.#seen.add(key);
    });
  }

  /** Asks the other tabs; `isSeen` knows a moment later. @param {Place} message */
  ask({ room, seq, thread, also_to_room }) {
    const message = { room, seq, thread, also_to_room };
    this.#asked.add(keyOf(message));
    this.neighbours.post({ kind: "looking?", message });
  }

  /** Whether somebody looks at it here, or looked at it where it was asked. The question is done with. @param {Place} message */
  isSeen(message) {
    const key = keyOf(message);
    const isSeen = this.#seen.delete(key) || this.isSeenHere(message);
    this.#asked.delete(key);
    return isSeen;
  }
}

/** @param {Place} message */
const keyOf = ({ room, seq }) => `${room}/${seq}`;

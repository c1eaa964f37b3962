// What comes faster than the screen can show it is taken together: at most one change of the page for each frame of it.

const HIDDEN_MS = 250;

/** @template T */
export class Pace {
  /** @type {T[]} */ #waiting = [];
  #resting = false;

  /** @param {(items: T[]) => void} take @param {(act: () => void) => void} [nextFrame] */
  constructor(take, nextFrame = onNextFrame) {
    this.take = take;
    this.nextFrame = nextFrame;
  }

  /** The first at once; what follows before the next frame, with that. @param {T} item */
  add(item) {
    this.#waiting.push(item);
    if (!this.#resting) this.#turn();
  }

  /** All that waits, now. */
  flush() {
    const items = this.#waiting;
    this.#waiting = [];
    if (items.length) this.take(items);
  }

  #turn() {
    this.#resting = this.#waiting.length > 0;
    this.flush();
    if (this.#resting) this.nextFrame(() => this.#turn());
  }
}

/** A page in the background has no frames. @param {() => void} act */
function onNextFrame(act) {
  let done = false;
  const once = () => {
    if (!done) act();
    done = true;
  };
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN_MS);
}

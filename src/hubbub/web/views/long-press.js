// A finger that stays where it is for a moment.

const LONG_PRESS_MS = 450;
const STILL_PX = 10;

export class LongPress {
  /** Whether the last touch was one; whoever asks says when a new one begins. */
  held = false;
  #x = 0;
  #y = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {PointerEvent} event @param {() => void} act */
  begin({ clientX, clientY }, act) {
    this.end();
    this.#x = clientX;
    this.#y = clientY;
    this.#timer = setTimeout(() => {
      this.held = true;
      act();
    }, LONG_PRESS_MS);
  }

  /** @param {PointerEvent} event */
  move({ clientX, clientY }) {
    if (Math.hypot(clientX - this.#x, clientY - this.#y) > STILL_PX) this.end();
  }

  end() {
    clearTimeout(this.#timer);
  }

  /** What ends it, for the element on which it begins. */
  listeners = {
    onPointerMove: (/** @type {PointerEvent} */ event) => this.move(event),
    onPointerUp: () => this.end(),
    onPointerCancel: () => this.end(),
  };
}

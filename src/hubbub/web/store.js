// The state of the page in one signal, and a signal for each part of it, so that a view is drawn again only for what it reads.

/** @import { State } from "./types.d.ts" */

import { computed, signal } from "./view.js";

/** @typedef {{ [Name in keyof State]: { readonly value: State[Name] } }} Parts */

export class Store {
  /** @param {State} initial */
  constructor(initial) {
    this.whole = signal(initial);
    const names = /** @type {(keyof State)[]} */ (Object.keys(initial));
    const parts = names.map((name) => [name, computed(() => this.whole.value[name])]);
    /** @type {Parts} */
    this.parts = Object.fromEntries(parts);
  }

  /** The state as it is, without listening to it. */
  get now() {
    return this.whole.peek();
  }

  /** @param {(state: State) => State} change */
  update(change) {
    this.whole.value = change(this.whole.peek());
  }

  /** @param {Partial<State>} fields */
  set(fields) {
    this.update((state) => ({ ...state, ...fields }));
  }
}

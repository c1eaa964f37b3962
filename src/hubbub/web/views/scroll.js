// Keeps the list where the person left it: at the bottom while at the bottom, otherwise by the row that is being looked at.

const NEAR_PX = 48;
const PAGE_AHEAD_PX = 800;
const LANDING_SHARE = 0.2;

/** @typedef {{ key: string, offset: number }} Anchor the first message in view, and how far below the top edge it ends: its head may come and go */

export class ScrollKeeper {
  /** Null while the bottom is kept in view. @type {Anchor | null} */
  anchor = null;
  #wantsNewest = false;
  /** How far the list was scrolled when the anchor was taken. */
  #top = 0;
  /** Nothing counts as seen before it is decided where the person lands. */
  #landed = false;

  /**
   * @param {HTMLElement} list what scrolls
   * @param {() => { reachesNewest: boolean }} timeline
   * @param {{ moved: (place: { atNewest: boolean, far: boolean, anchor: Anchor | null }) => void, near: (side: "before" | "after") => void }} listener
   */
  constructor(list, timeline, listener) {
    this.list = list;
    this.timeline = timeline;
    this.listener = listener;
    this.observer = new ResizeObserver(() => this.settle());
    this.observer.observe(list);
    if (list.firstElementChild) this.observer.observe(list.firstElementChild);
  }

  stop() {
    this.observer.disconnect();
  }

  /** The person, or the keeper itself, has scrolled: remember what is in view. */
  scrolled() {
    if (!this.#landed) return;
    const { list } = this;
    const below = list.scrollHeight - list.clientHeight - list.scrollTop;
    const atNewest = below < NEAR_PX && this.timeline().reachesNewest;
    this.#top = list.scrollTop;
    this.anchor = atNewest ? null : this.#firstInView();
    this.listener.moved({ atNewest, far: !this.timeline().reachesNewest || below > list.clientHeight, anchor: this.anchor });
    if (list.scrollTop < PAGE_AHEAD_PX) this.listener.near("before");
    if (below < PAGE_AHEAD_PX) this.listener.near("after");
  }

  /**
   * Rows are about to be drawn. What the person has scrolled and no event has told yet is taken in now: afterwards a list that
   * has become shorter may have taken its end along, and nobody can tell how much of the way was the person's.
   */
  aboutToDraw() {
    if (!this.#landed || this.list.scrollTop === this.#top) return;
    const scrolled = this.#scrolledByThePerson();
    const staysAtNewest = this.anchor === null && scrolled > -NEAR_PX;
    if (scrolled !== 0 && !staysAtNewest) this.anchor = this.#firstInView();
    this.#top = this.list.scrollTop;
  }

  /** Something was drawn or has another size: what was in view stays in view. What the person has scrolled meanwhile counts. */
  settle() {
    if (!this.#landed) return;
    const { list } = this;
    if (this.#wantsNewest && this.timeline().reachesNewest) this.#aimAt(null);
    const scrolled = this.#scrolledByThePerson();
    if (this.anchor !== null) {
      const row = this.#row(this.anchor.key);
      if (row) list.scrollTop += this.#footOf(row) - this.anchor.offset + scrolled;
    } else if (scrolled > -NEAR_PX) {
      list.scrollTop = list.scrollHeight;
    }
    this.scrolled();
  }

  /** How far since the anchor was taken. A list that has become shorter takes its end along, and nobody scrolled. */
  #scrolledByThePerson() {
    const { list } = this;
    const scrolled = list.scrollTop - this.#top;
    const isAtEnd = list.scrollTop >= list.scrollHeight - list.clientHeight - 1;
    return isAtEnd ? Math.max(0, scrolled) : scrolled;
  }

  /** The newest messages were asked for: until they are here nothing moves. */
  awaitNewest() {
    this.#landed = true;
    this.#wantsNewest = true;
  }

  /** To the newest message, now or as soon as it is loaded. */
  toNewest() {
    this.#landed = true;
    this.#wantsNewest = !this.timeline().reachesNewest;
    this.#aimAt(null);
    this.settle();
  }

  /** The rows were drawn anew: if these are the newest, nobody waits for them any more. */
  arrived() {
    if (this.timeline().reachesNewest) this.#wantsNewest = false;
  }

  /** @param {Anchor} anchor @returns {boolean} whether its row is there */
  restore(anchor) {
    if (!this.#row(anchor.key)) return false;
    this.#landed = true;
    this.#aimAt(anchor);
    this.settle();
    return true;
  }

  /** @param {Element | null} row @param {"top" | "middle"} where @returns {boolean} whether it is there */
  bring(row, where) {
    if (!(row instanceof HTMLElement)) return false;
    this.#landed = true;
    const { list } = this;
    const space = where === "top" ? list.clientHeight * LANDING_SHARE : (list.clientHeight - row.offsetHeight) / 2;
    list.scrollTop += this.#offsetOf(row) - space;
    this.scrolled();
    return true;
  }

  /** @param {Anchor | null} anchor */
  #aimAt(anchor) {
    this.anchor = anchor;
    this.#top = this.list.scrollTop;
  }

  #firstInView() {
    const top = this.list.getBoundingClientRect().top;
    for (const row of this.#rows()) {
      if (row.getBoundingClientRect().bottom > top) return { key: row.dataset.key ?? "", offset: this.#footOf(row) };
    }
    return null;
  }

  /** @param {string} key */
  #row(key) {
    return this.#rows().find((row) => row.dataset.key === key);
  }

  /** Messages only: a day line moves up when older messages of its day come in above it. */
  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("article[data-key]")]);
  }

  /** @param {HTMLElement} row */
  #footOf(row) {
    return this.#offsetOf(row) + row.getBoundingClientRect().height;
  }

  /** @param {HTMLElement} row */
  #offsetOf(row) {
    return row.getBoundingClientRect().top - this.list.getBoundingClientRect().top;
  }
}

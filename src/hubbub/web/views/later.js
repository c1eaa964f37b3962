// Views that come as scripts of their own, when they are first drawn.

import { html, useEffect, useLayoutEffect, useState } from "../view.js";

/**
 * Until it is here nothing is drawn, or what stands in for it; where it cannot be loaded, the next time it is wanted tries again.
 * @param {() => Promise<any>} load @param {((properties: any) => any) | null} [meanwhile] @returns {any}
 */
export function later(load, meanwhile = null) {
  /** @type {any} */
  let loaded = null;
  return (/** @type {object} */ properties) => {
    const [View, setView] = useState(() => loaded);
    useEffect(() => {
      if (View === null) load().then((view) => setView(() => (loaded = view)), () => {});
    }, []);
    useLayoutEffect(() => {
      if (View !== null) focusWithin();
    }, [View]);
    const Drawn = View ?? meanwhile;
    return Drawn && html`<${Drawn} ...${properties} />`;
  };
}

/** A dialog gives its first field the focus when it opens; what comes after that has to ask for it, unless the person was quicker. */
function focusWithin() {
  const focused = document.activeElement;
  if (focused?.matches("dialog") || focused?.closest(".dialog-head")) /** @type {HTMLElement | null} */ (document.querySelector("dialog[open] .dialog-body [autofocus]"))?.focus();
}

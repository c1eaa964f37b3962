// A formula in a message. The library that reads TeX comes when there is one to be shown; until then, and where it cannot be read, it stands as it was written.

/** @import { Formula as Tree } from "../state/formula.js" */

import { harmless } from "../state/formula.js";
import { h, html, useEffect, useState } from "../view.js";

const LONGEST = 2_000;
/** Nothing may grow without end: macros, and sizes in `em` and points. */
const BOUNDS = { trust: false, strict: false, throwOnError: true, maxExpand: 200, maxSize: [10, 100] };

/** Asked for by its address, so that only whoever sees a formula has it. @type {Promise<any> | undefined} */
let library;
const readTex = () => (library ??= import(new URL("web/vendor/temml.js", document.baseURI).href).then(
  (module) => module.default.__renderToMathMLTree,
  (error) => {
    library = undefined;
    throw error;
  },
));

/** @param {{ tex: string, display?: boolean }} properties `display`: it stands by itself */
export function Formula({ tex, display = false }) {
  const [tree, setTree] = useState(/** @type {Tree | string | null} */ (null));
  useEffect(() => {
    let wanted = tex.length <= LONGEST;
    if (wanted) readTex().then((read) => wanted && setTree(harmless(read(tex, { ...BOUNDS, displayMode: display })))).catch(() => {});
    return () => {
      wanted = false;
      setTree(null);
    };
  }, [tex, display]);
  return html`<span class="formula ${display ? "is-display" : ""}" dir="ltr" title=${tex.slice(0, LONGEST)}>${tree === null ? html`<code>${tex}</code>` : nodes(tree)}</span>`;
}

/** @param {Tree | string} tree @returns {any} */
function nodes(tree) {
  return typeof tree === "string" ? tree : h(tree.type, { ...tree.attributes, style: tree.style }, tree.children.map(nodes));
}

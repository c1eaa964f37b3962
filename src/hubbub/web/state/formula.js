// Formulas: from the tree that the library makes of TeX to plain objects, of which only what is known to be harmless goes on the page.

const ELEMENTS = new Set(("math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts none "
  + "mtable mtr mtd mpadded mphantom mstyle menclose merror semantics").split(" "));
const ATTRIBUTES = new Set(("accent accentunder columnalign columnlines columnspacing columnspan depth dir display displaystyle fence form frame height largeop "
  + "linethickness lspace maxsize minsize movablelimits notation rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width mathvariant").split(" "));
const STYLES = new Set(["color", "backgroundColor", "textAlign", "padding", "border"]);
/** Numbers, names and colours; no addresses. */
const PLAIN = /^[-\w\s#.,%+]*$/;

/** @typedef {{ type: string, attributes: Record<string, string>, style: Record<string, string>, children: (Formula | string)[] }} Formula */

/** @param {any} node of the library's tree @returns {Formula | string} */
export function harmless(node) {
  if (typeof node?.text === "string") return node.text;
  const children = (node?.children ?? []).map(harmless);
  if (!ELEMENTS.has(node?.type)) return { type: "mrow", attributes: {}, style: {}, children };
  return { type: node.type, attributes: only(node.attributes, ATTRIBUTES), style: only(node.style, STYLES), children };
}

/** @param {Record<string, unknown> | undefined} given @param {Set<string>} known @returns {Record<string, string>} */
function only(given, known) {
  const pairs = Object.entries(given ?? {}).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(pairs.filter(([name, value]) => known.has(name) && PLAIN.test(value)));
}

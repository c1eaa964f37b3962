// The words that were searched for, marked in what was found.

import { marked } from "../state/search.js";
import { html } from "../view.js";

/** @param {string} text @param {string[] | undefined} wanted @returns {any} */
export function hits(text, wanted) {
  if (!wanted?.length) return text;
  return marked(text, wanted).map(({ text: piece, hit }) => (hit ? html`<mark>${piece}</mark>` : piece));
}

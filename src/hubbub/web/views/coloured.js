// Code in colours.

import { codeParts } from "../state/code.js";
import { html } from "../view.js";
import { hits } from "./hits.js";

/** @param {{ text: string, language: string, wanted?: string[] }} properties */
export function Coloured({ text, language, wanted }) {
  return codeParts(text, language).map(({ kind, text: part }) => (kind === "plain" ? hits(part, wanted) : html`<span class="code-${kind}">${hits(part, wanted)}</span>`));
}

// A block of code in a message: in colours, and with a button that copies it.

import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { copyText } from "./clipboard.js";
import { hits } from "./hits.js";
import { later } from "./later.js";

/** In one colour until what knows the others is here: nothing moves by that. @type {(properties: { text: string, language: string, wanted?: string[] }) => any} */
const Coloured = later(() => import("./coloured.js").then((module) => module.Coloured), ({ text, wanted }) => hits(text, wanted));
const SAID_MS = 2_000;

/** @param {{ text: string, language: string, wanted?: string[] }} properties */
export function CodeBlock({ text, language, wanted }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return html`<div class="code-block">
    <pre tabindex="0"><code>${language ? html`<${Coloured} text=${text} language=${language} wanted=${wanted} />` : hits(text, wanted)}</code></pre>
    <button type="button" class="code-copy" aria-label="Copy this code" onClick=${copy}>${copied ? say("Copied") : say("Copy")}</button>
  </div>`;
}

/** Words that one sees only when one wants to. @param {{ children?: any }} properties */
export function Spoiler({ children }) {
  const [open, setOpen] = useState(false);
  if (open) return html`<span class="spoiler is-open">${children}</span>`;
  return html`<button type="button" class="spoiler" aria-label="Hidden words. Show them" title="Show" onClick=${() => setOpen(true)}><span aria-hidden="true" inert>${children}</span></button>`;
}

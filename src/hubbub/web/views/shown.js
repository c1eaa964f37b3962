// Something to copy, shown once.

import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { copyText } from "./clipboard.js";
import { Icon } from "./icons.js";
import { Field } from "./small.js";

/** @param {{ label: string, value: string, hint: string }} properties */
export function Shown({ label, value, hint }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(value));
  return html`<div class="shown">
    <${Field} label=${label} value=${value} readonly hint=${hint} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} />
    <button type="button" class="button" onClick=${copy}><${Icon} name="copy" />${copied ? say("Copied") : say("Copy")}</button>
  </div>`;
}

// What every view of a file is made of: its name, its measures, and an address for what is only in the browser.

/** @import { SharedFile } from "../types.d.ts" */

import { endingWords, nameInTwo, shownName, signOf, sizeWords } from "../state/files.js";
import { say } from "../state/words.js";
import { html, useLayoutEffect, useState } from "../view.js";
import { Icon } from "./icons.js";

/** The name in a line, its end in view however short the line is. @param {{ name: string }} properties */
export function FileName({ name }) {
  const [start, ending] = nameInTwo(name);
  return html`<bdi class="file-name" dir="auto" title=${start + ending}><span class="file-name-start" aria-hidden="true">${start}</span><span aria-hidden="true">${ending}</span><span class="visually-hidden">${start}${ending}</span></bdi>`;
}

/** @param {{ file: { name: string, size: number } }} properties */
export function FileMeasures({ file }) {
  const ending = endingWords(file);
  return html`<span class="quiet">${ending && html`<bdi>${ending}</bdi> · `}<bdi>${sizeWords(file.size)}</bdi></span>`;
}

/** The files of a message where there is only a line for it. @param {{ files?: SharedFile[] }} properties */
export function FileNames({ files = [] }) {
  if (!files.length) return null;
  return html`<span class="file-names">${files.map((file) => html`<span key=${file.id}><${Icon} name=${file.voice ? "microphone" : signOf(file)} />${file.voice ? say("Voice message") : html`<bdi dir="auto">${shownName(file.name)}</bdi>`}</span>`)}</span>`;
}

/** An address for what is in the browser, as long as it is shown. @param {Blob | undefined} blob @returns {string | undefined} */
export function useBlobAddress(blob) {
  const [address, setAddress] = useState(/** @type {string | undefined} */ (undefined));
  useLayoutEffect(() => {
    if (!blob) return setAddress(undefined);
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}

// What goes with the message that is being written: the paper clip, what is pasted, and a tile for each file.

/** @import { Upload } from "../types.d.ts" */

import { lengthWords, shownName, signOf } from "../state/files.js";
import { inComposer, shareSent } from "../state/uploads.js";
import { say } from "../state/words.js";
import { html, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { FileMeasures, FileName, useBlobAddress } from "./file-parts.js";
import { Icon, IconButton } from "./icons.js";
import { later } from "./later.js";

const VoiceRecorder = later(() => import("./voice-recorder.js").then((module) => module.VoiceRecorder));

/**
 * @param {string} place where the message is written @param {{ current: HTMLElement | null }} field @param {(keys: string[]) => void} sendVoice
 * @returns {{ keys: string[], blocked: boolean, tiles: any, clip: any, microphone: any, paste: (event: ClipboardEvent) => void }}
 */
export function useAttaching(place, field, sendVoice) {
  const client = useClient();
  const [recording, setRecording] = useState(false);
  const uploads = inComposer(client.see.uploads.value, place);
  const keys = uploads.map(({ key }) => key);
  const add = (/** @type {File[]} */ files) => {
    client.files.add(place, files);
    field.current?.focus();
  };
  const endRecording = () => {
    setRecording(false);
    requestAnimationFrame(() => field.current?.focus());
  };
  const takeOff = (/** @type {string} */ key) => {
    client.files.cancel(key);
    field.current?.focus();
  };
  return {
    keys,
    blocked: uploads.some(({ status }) => status === "failed"),
    tiles: uploads.length > 0 && html`<${Tiles} uploads=${uploads} takeOff=${takeOff} />`,
    clip: html`<${Clip} add=${add} />`,
    microphone: recording ? html`<${VoiceRecorder} place=${place} send=${sendVoice} close=${endRecording} />`
      : html`<${IconButton} icon="microphone" name="Record a voice message" class="microphone" onClick=${() => setRecording(true)} />`,
    paste: (event) => pasted(event, add),
  };
}

/** A picture that was copied, or files. Words out of an office program bring a picture of themselves along: there the words count. @param {ClipboardEvent} event @param {(files: File[]) => void} add */
function pasted(event, add) {
  const data = event.clipboardData;
  const files = [...(data?.files ?? [])];
  const isWords = data?.getData("text/plain") && data.types.some((type) => type === "text/html" || type === "text/rtf");
  if (!files.length || isWords) return;
  event.preventDefault();
  add(files);
}

/** @param {{ add: (files: File[]) => void }} properties */
function Clip({ add }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = (/** @type {any} */ event) => {
    const files = [...event.currentTarget.files];
    event.currentTarget.value = "";
    if (files.length) add(files);
  };
  return html`<${IconButton} icon="attach" name="Attach files" onClick=${() => input.current?.click()} />
    <input ref=${input} type="file" multiple hidden aria-label="Files to attach" onChange=${chosen} />`;
}

/** @param {{ uploads: Upload[], takeOff: (key: string) => void }} properties */
function Tiles({ uploads, takeOff }) {
  const under = uploads.filter(({ status }) => status === "waiting" || status === "sending").length;
  return html`<ul class="upload-tiles" aria-label="Files that go with this message">${uploads.map((upload) => html`<${Tile} key=${upload.key} upload=${upload} takeOff=${takeOff} />`)}</ul>
    <p class="visually-hidden" role="status">${under ? say("Files are uploading.") : say("All files are uploaded.")}</p>`;
}

/** @param {{ upload: Upload, takeOff: (key: string) => void }} properties */
function Tile({ upload, takeOff }) {
  const client = useClient();
  const { key, name, status, problem, hopeless } = upload;
  const words = upload.voice ? say("Voice message") : shownName(name);
  return html`<li class="upload-tile is-${status}">
    <${Sign} upload=${upload} />
    <span class="file-words">${upload.voice ? html`<b>${words}</b>` : html`<${FileName} name=${name} />`}
      ${problem ? html`<span class="upload-problem" role="alert">${say(problem)}</span>`
        : html`<span class="file-measures">${upload.voice ? html`<span class="quiet">${lengthWords(upload.duration ?? 0)}</span>` : html`<${FileMeasures} file=${upload} />`}</span>`}</span>
    ${status === "failed" && !hopeless && html`<${IconButton} icon="history" name="Try again: ${words}" onClick=${() => client.files.tryAgain([key])} />`}
    <${IconButton} icon="close" name="Take off ${words}" onClick=${() => takeOff(key)} />
    ${(status === "waiting" || status === "sending") && html`<progress max="100" value=${shareSent(upload)} aria-label="${words}, uploading"></progress>`}
  </li>`;
}

/** @param {{ upload: Upload }} properties */
function Sign({ upload }) {
  const blob = useClient().files.blobOf(upload.key);
  const picture = useBlobAddress(upload.kind === "image" && !upload.hopeless ? blob : undefined);
  if (picture) return html`<img class="file-sign" src=${picture} alt="" draggable=${false} />`;
  return html`<span class="file-sign"><${Icon} name=${upload.voice ? "microphone" : signOf(upload)} /></span>`;
}

// Pictures over the page, one after the other: by arrows, by swiping, nearer and farther. A script of its own.

/** @import { Picture } from "../state/files.js" */

import { fileAddress, pictureAddress, pictureBeside, shownName } from "../state/files.js";
import { fullTime } from "../state/times.js";
import { roomOf } from "../state/threads.js";
import { html, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { FileName } from "./file-parts.js";
import { Icon, IconButton } from "./icons.js";
import { useModal } from "./modal.js";
import { useZoom } from "./zooming.js";

export function Pictures() {
  const client = useClient();
  const { dialog, listeners } = useModal("pictures");
  const shown = client.see.pictures.value;
  const gone = useGone();
  const all = (shown?.all ?? []).filter((picture) => picture.file.id === shown?.id || !gone(picture));
  const at = all.findIndex(({ file }) => file.id === shown?.id);
  const picture = all[at];
  const leaf = (/** @type {1 | -1} */ step) => {
    const id = pictureBeside(all, shown?.id ?? "", step);
    if (shown && id) client.files.leafTo(id);
  };
  const close = () => client.navigation.closeDialog();
  const stage = useRef(/** @type {HTMLElement | null} */ (null));
  const zoom = useZoom(stage, shown?.id, { after: () => leaf(1), before: () => leaf(-1), close });
  if (!picture) return null;
  const keys = (/** @type {KeyboardEvent} */ event) => pictureKeys(event, leaf, zoom.nearer) || listeners.onKeyDown(event);
  return html`<dialog ref=${dialog} class="pictures-dialog" aria-label="Pictures" ...${listeners} onKeyDown=${keys}>
    <${Head} picture=${picture} at=${at} count=${all.length} nearer=${zoom.nearer} close=${close} />
    <div class="pictures-stage" ref=${stage} ...${zoom.listeners}>
      ${gone(picture) ? html`<p class="pictures-gone">This picture is gone: its message was deleted.</p>` : html`<${Shown} key=${picture.file.id} picture=${picture} style=${zoom.style} />`}
    </div>
    ${at > 0 && html`<${IconButton} icon="back" name="Previous picture" class="pictures-step is-before" onClick=${() => leaf(-1)} />`}
    ${at < all.length - 1 && html`<${IconButton} icon="next" name="Next picture" class="pictures-step is-after" onClick=${() => leaf(1)} />`}
  </dialog>`;
}

/** @param {{ picture: Picture, at: number, count: number, nearer: (factor: number) => void, close: () => void }} properties */
function Head({ picture, at, count, nearer, close }) {
  const { file, by } = picture;
  return html`<header class="pictures-head">
    <div class="pictures-words" role="status"><b><${FileName} name=${file.name} /></b>
      <span class="quiet">${count > 1 && html`<span class="pictures-count">${at + 1} / ${count}</span> · `}<bdi>${by}</bdi> · <time datetime=${picture.at}>${fullTime(picture.at)}</time></span></div>
    <${IconButton} icon="less" name="Farther" class="on-desk" onClick=${() => nearer(1 / 1.5)} />
    <${IconButton} icon="add" name="Nearer" class="on-desk" onClick=${() => nearer(1.5)} />
    <a class="icon-button" href=${fileAddress(file)} download=${file.name} aria-label="Download ${shownName(file.name)}" title="Download"><${Icon} name="download" /></a>
    <${IconButton} icon="close" name="Close" onClick=${close} />
  </header>`;
}

/** The thumbnail stands there until the picture itself has come. @param {{ picture: Picture, style: object }} properties */
function Shown({ picture: { file }, style }) {
  const blob = useClient().files.blobOf(file.id);
  const [failed, setFailed] = useState(false);
  const size = { width: file.width, height: file.height };
  return html`<div class="pictures-shown" style=${style}>
    ${!blob && html`<img src=${pictureAddress(file, true)} ...${size} alt="" draggable=${false} />`}
    <img class="pictures-whole" src=${fileAddress(file)} ...${size} alt=${shownName(file.name)} draggable=${false} onError=${() => setFailed(true)} />
    ${failed && html`<p class="pictures-gone" role="alert">The whole picture did not load. Check your connection and open it again.</p>`}
  </div>`;
}

/** Whether the message of a picture was deleted since. @returns {(picture: Picture) => boolean} */
function useGone() {
  const { see } = useClient();
  const timelines = see.timelines.value;
  const deleting = see.deleting.value;
  return ({ room, seq }) => deleting.some((each) => each.room === room && each.seq === seq)
    || Object.entries(timelines).some(([place, { messages }]) => roomOf(place) === room && messages.some((message) => message.seq === seq && message.deleted));
}

/** @param {KeyboardEvent} event @param {(step: 1 | -1) => void} leaf @param {(factor: number) => void} nearer @returns {boolean} whether the key means something here */
function pictureKeys(event, leaf, nearer) {
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.key === "ArrowRight") leaf(/** @type {1 | -1} */ (forward));
  else if (event.key === "ArrowLeft") leaf(/** @type {1 | -1} */ (-forward));
  else if (event.key === "+" || event.key === "=") nearer(1.5);
  else if (event.key === "-") nearer(1 / 1.5);
  else if (event.key === "0") nearer(0);
  else return false;
  event.preventDefault();
  return true;
}

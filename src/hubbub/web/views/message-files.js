// The files of a message: pictures in their place, sound and film to be played there, everything else to be fetched.

/** @import { Message, SharedFile } from "../types.d.ts" */

import { fileAddress, fitted, lengthWords, pictureAddress, shownName, signOf } from "../state/files.js";
import { html, useState } from "../view.js";
import { useClient } from "./context.js";
import { FileMeasures, FileName, useBlobAddress } from "./file-parts.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";

const VoicePlayer = later(() => import("./voice-player.js").then((module) => module.VoicePlayer));
const ONE = { width: 400, height: 320, least: 48 };
const FILM = { width: 480, height: 320, least: 160 };

/** @typedef {{ file: SharedFile, message?: Message }} Properties `message`: the one it is in; without it the file is still on its way */

/** @param {{ files?: SharedFile[], message?: Message }} properties */
export function MessageFiles({ files = [], message }) {
  if (!files.length) return null;
  const pictures = files.filter((file) => file.kind === "image");
  const others = files.filter((file) => file.kind !== "image");
  return html`<div class="message-files">
    ${pictures.length > 0 && html`<div class="pictures ${pictures.length > 1 ? "is-grid" : ""} ${pictures.length % 2 === 0 && pictures.length < 5 ? "is-even" : ""}">
      ${pictures.map((file) => html`<${Picture} key=${file.id} file=${file} message=${message} alone=${pictures.length === 1} />`)}</div>`}
    ${others.map((file) => html`<${Other} key=${file.id} file=${file} message=${message} />`)}
  </div>`;
}

/** Its place is as large before it has come as after. @param {Properties & { alone: boolean }} properties */
function Picture({ file, message, alone }) {
  const client = useClient();
  const [broken, setBroken] = useBroken(client);
  const blob = client.files.blobOf(file.id);
  const here = useBlobAddress(blob);
  const size = alone ? fitted(file, ONE) : { width: 200, height: 200 };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const address = blob ? here : message && pictureAddress(file, still);
  const drawn = broken ? html`<span class="picture-missing"><${Icon} name="image" /><${FileName} name=${file.name} /></span>`
    : html`<img src=${address} width=${size.width} height=${size.height} alt=${message ? "" : shownName(file.name)} loading="lazy" decoding="async" draggable=${false} onError=${() => address && setBroken()} />`;
  const style = { aspectRatio: `${size.width} / ${size.height}`, width: alone ? `${size.width}px` : undefined };
  if (!message) return html`<span class="picture" style=${style}>${drawn}</span>`;
  return html`<button type="button" class="picture" style=${style} aria-label="Show ${shownName(file.name)}" title=${shownName(file.name)} onClick=${() => client.files.show(message, file)}>${drawn}</button>`;
}

/** What did not come is asked for again with the next connection, and only then. @param {import("../client.js").Client} client @returns {[boolean, () => void]} */
function useBroken(client) {
  const [since, setSince] = useState(/** @type {number | null} */ (null));
  if (since === null) return [false, () => setSince(client.store.now.connection.since)];
  const { status, since: now } = client.see.connection.value;
  return [status !== "online" || now === since, () => setSince(now)];
}

/** @param {Properties} properties */
function Other({ file, message }) {
  const blob = useClient().files.blobOf(file.id);
  const here = useBlobAddress(blob);
  const address = message ? fileAddress(file) : here;
  const [silent, setSilent] = useState(false);
  if (file.voice && address && !silent) return html`<${VoicePlayer} address=${address} seconds=${file.duration} onError=${() => setSilent(true)} />`;
  if (!silent && message && file.kind === "video") return html`<${Film} file=${file} failed=${() => setSilent(true)} />`;
  const plays = !silent && message && file.kind === "audio";
  return html`<div class="file-box"><${FileCard} file=${file} message=${message} />
    ${plays && html`<audio controls preload="none" src=${address} aria-label=${shownName(file.name)} onError=${() => setSilent(true)}></audio>`}</div>`;
}

/** @param {{ file: SharedFile, failed: () => void }} properties */
function Film({ file, failed }) {
  const size = fitted({ width: file.width ?? 1280, height: file.height ?? 720 }, FILM);
  return html`<div class="file-box is-film">
    <video controls playsinline preload="metadata" width=${size.width} height=${size.height} src=${fileAddress(file)} aria-label=${shownName(file.name)} onError=${failed}></video>
    <p class="film-words"><${FileName} name=${file.name} /><${FileMeasures} file=${file} /><${Download} file=${file} /></p>
  </div>`;
}

/** @param {Properties} properties */
function FileCard({ file, message }) {
  const inside = html`<span class="file-sign"><${Icon} name=${signOf(file)} /></span>
    <span class="file-words"><${FileName} name=${file.name} /><span class="file-measures"><${FileMeasures} file=${file} />${file.duration && html`<span class="quiet"> · <bdi>${lengthWords(file.duration)}</bdi></span>`}</span></span>`;
  if (!message) return html`<div class="file-card">${inside}</div>`;
  return html`<a class="file-card" href=${fileAddress(file)} download=${file.name}><span class="visually-hidden">Download</span>${inside}<${Icon} name="download" /></a>`;
}

/** @param {{ file: SharedFile }} properties */
function Download({ file }) {
  return html`<a class="icon-button" href=${fileAddress(file)} download=${file.name} aria-label="Download ${shownName(file.name)}" title="Download"><${Icon} name="download" /></a>`;
}

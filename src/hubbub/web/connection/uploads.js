// Files to the server, piece by piece: where it stopped is asked for, and from there it goes on.

/** @import { SharedFile } from "../types.d.ts" */

import { ChatError } from "./chat-error.js";

/** Where the server does not say how much it wants at once. */
const PIECE_BYTES = 4_000_000;

/** @typedef {{ id: string, offset: number, chunk: number }} Begun */
/** @typedef {{ offset: number, file?: SharedFile }} Answer how far the server is; `file` when that is all of it */

/**
 * The upload of this key: a new one, or the one that was begun before.
 * @param {{ key: string, name: string, size: number, voice?: boolean, width?: number, height?: number, duration?: number }} about @returns {Promise<Begun>}
 */
export async function beginUpload(about) {
  const response = await ask("POST", "api/uploads", { headers: { "Content-Type": "application/json" }, body: JSON.stringify(about) });
  const { id, offset, chunk } = await response.json();
  return { id, offset, chunk: chunk ?? PIECE_BYTES };
}

/** How much of it the server has. @param {string} id @returns {Promise<number>} */
export async function uploadOffset(id) {
  const response = await ask("HEAD", addressOf(id));
  return Number(response.headers.get("Upload-Offset"));
}

/** @param {string} id */
export const dropUpload = (id) => ask("DELETE", addressOf(id));

/**
 * @param {string} id @param {number} offset @param {Blob} piece what comes from there on @param {(sent: number) => void} progressed
 * @param {AbortSignal} signal @returns {Promise<Answer>}
 */
export function sendPiece(id, offset, piece, progressed, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", addressOf(id));
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.setRequestHeader("Upload-Offset", String(offset));
    request.upload.onprogress = ({ loaded }) => progressed(Math.min(loaded, piece.size));
    request.onload = () => answerOf(request, offset + piece.size).then(resolve, reject);
    request.onerror = request.onabort = () => reject(ChatError.unreachable());
    signal.addEventListener("abort", () => request.abort());
    request.send(piece);
  });
}

/** @param {XMLHttpRequest} request @param {number} expected @returns {Promise<Answer>} */
async function answerOf(request, expected) {
  const said = request.getResponseHeader("Upload-Offset");
  const offset = said === null ? expected : Number(said);
  if (request.status === 204) return { offset };
  if (request.status === 200) return { offset, file: JSON.parse(request.responseText) };
  if (request.status === 409 && said !== null) return { offset };
  throw await ChatError.ofResponse(new Response(request.responseText, { status: Math.max(200, request.status) }));
}

/** @param {string} method @param {string} address @param {RequestInit} [more] */
async function ask(method, address, more = {}) {
  const response = await fetch(address, { method, ...more }).catch(() => null);
  if (response === null) throw ChatError.unreachable();
  if (response.ok) return response;
  throw response.status === 404 ? new ChatError("not_found", "The server does not have this file any more.") : await ChatError.ofResponse(response);
}

/** @param {string} id */
const addressOf = (id) => `api/uploads/${encodeURIComponent(id)}`;

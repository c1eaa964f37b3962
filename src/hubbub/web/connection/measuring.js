// How large a picture or a film is and how long a sound lasts, as this browser finds: the server looks only into pictures.

const PATIENCE_MS = 5_000;

/** @typedef {{ width?: number, height?: number, duration?: number }} Measures */

/** @param {Blob} blob @param {string} kind @returns {Promise<Measures | null>} null for what this browser cannot show */
export async function measured(blob, kind) {
  if (kind === "image") return pictureMeasures(blob);
  return kind === "video" || kind === "audio" ? mediaMeasures(blob, kind) : {};
}

/** @param {Blob} blob @returns {Promise<Measures | null>} */
async function pictureMeasures(blob) {
  const picture = await createImageBitmap(blob).catch(() => null);
  if (!picture) return null;
  const { width, height } = picture;
  picture.close();
  return { width, height };
}

/** @param {Blob} blob @param {"video" | "audio"} kind @returns {Promise<Measures | null>} */
async function mediaMeasures(blob, kind) {
  const address = URL.createObjectURL(blob);
  const player = document.createElement(kind);
  const known = await new Promise((resolve) => {
    player.onloadedmetadata = () => resolve(true);
    player.onerror = () => resolve(false);
    setTimeout(() => resolve(false), PATIENCE_MS);
    player.preload = "metadata";
    player.src = address;
  });
  URL.revokeObjectURL(address);
  if (!known) return null;
  const duration = Number.isFinite(player.duration) ? { duration: Math.round(player.duration * 100) / 100 } : {};
  return player instanceof HTMLVideoElement && player.videoWidth ? { ...duration, width: player.videoWidth, height: player.videoHeight } : duration;
}

// How a picture lies on the screen: how much larger than whole, and how far its middle is from the middle there.

const MOST = 8;

/** @typedef {{ scale: number, x: number, y: number }} Zoom */
/** @typedef {{ width: number, height: number }} Box what the picture takes when all of it is seen */

/** All of it is seen. @type {Zoom} */
export const WHOLE = { scale: 1, x: 0, y: 0 };

/** Nearer or farther; what is at this point, counted from the middle, stays there. @param {Zoom} zoom @param {number} factor @param {{ x: number, y: number }} point @param {Box} box @returns {Zoom} */
export function zoomedAt(zoom, factor, point, box) {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return bounded({ scale, x: point.x - (point.x - zoom.x) * ratio, y: point.y - (point.y - zoom.y) * ratio }, box);
}

/** @param {Zoom} zoom @param {number} x @param {number} y @param {Box} box @returns {Zoom} */
export const movedBy = (zoom, x, y, box) => bounded({ scale: zoom.scale, x: zoom.x + x, y: zoom.y + y }, box);

/** What a finger meant that moved so far over a picture of which all is seen. @param {number} x @param {number} y @returns {"after" | "before" | "close" | null} */
export function swipeOf(x, y) {
  if (Math.abs(x) > 60 && Math.abs(x) > Math.abs(y) * 1.5) return x < 0 ? "after" : "before";
  return y > 100 && y > Math.abs(x) * 1.5 ? "close" : null;
}

/** Its edge never comes farther in than it is when all is seen. @param {Zoom} zoom @param {Box} box @returns {Zoom} */
function bounded({ scale, x, y }, { width, height }) {
  const within = (/** @type {number} */ shift, /** @type {number} */ size) => {
    const most = ((scale - 1) * size) / 2;
    return Math.min(most, Math.max(-most, shift)) || 0;
  };
  return { scale, x: within(x, width), y: within(y, height) };
}

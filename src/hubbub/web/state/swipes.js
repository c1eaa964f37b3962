// What a finger that moves to the side means. Lengths are in pixels, and counted along the words.

const BEGINS_PX = 12;
const STRAIGHT = 2;
const DONE_PX = 56;
const MOST_PX = 72;
const EDGE_PX = 24;
const IN_PX = 64;

/** How far what is swiped goes along, from the first sure sign that it is one; and whether letting go now does it. @param {number} along @param {number} across */
export function swipe(along, across) {
  const isOne = along >= BEGINS_PX && along > STRAIGHT * Math.abs(across);
  return { isOne, isDone: isOne && along >= DONE_PX, by: Math.max(0, Math.min(along - BEGINS_PX, MOST_PX)) };
}

/** Whether a finger came in from the edge where the words begin. @param {number} from how far from that edge it began @param {number} along @param {number} across */
export const isFromEdge = (from, along, across) => from <= EDGE_PX && along >= IN_PX && along > STRAIGHT * Math.abs(across);

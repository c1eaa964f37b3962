// From messages to what is drawn: day lines, one head for what one author says in a row, the "new" line, what is under way.

/** @import { Timeline, OutboxEntry, Row, Message, Id, Seq } from "../types.d.ts" */

const GROUP_MS = 5 * 60_000;

/**
 * @param {object} view
 * @param {Timeline} view.timeline
 * @param {OutboxEntry[]} view.outbox what is under way in this room
 * @param {Id} view.me
 * @param {Seq | null} view.newAfter
 * @param {(at: string | number) => string} view.dayOf
 * @returns {Row[]}
 */
export function rowsOf({ timeline, outbox, me, newAfter, dayOf }) {
  /** @type {Row[]} */
  const rows = timeline.before === null ? [{ kind: "beginning", key: "beginning" }] : [];
  const above = { author: "", name: "", at: 0, day: "", isNew: false, broken: true };
  for (const message of timeline.messages) {
    startDay(rows, above, message.at, dayOf);
    startNew(rows, above, message, me, newAfter);
    above.broken ||= above.name !== message.by.name;
    above.name = message.by.name;
    above.broken ||= message.reply_to !== undefined || message.thread !== undefined && message.also_to_room === true;
    rows.push({ kind: "message", key: rowKey(message), message, head: takesHead(above, message.by.id, Date.parse(message.at)) });
    above.broken = message.deleted === true;
  }
  if (timeline.after === null) addOutgoing(rows, above, outbox, me, dayOf);
  return rows;
}

/** Its own key where it has one, so that a message keeps its place on the page when it turns from pending into kept. @param {Message} message */
export const rowKey = (message) => (message.key ? `${message.by.id}/${message.key}` : `seq/${message.seq}`);

/** @typedef {{ author: string, name: string, at: number, day: string, isNew: boolean, broken: boolean }} Above what stands above the next row */

/** @param {Row[]} rows @param {Above} above @param {OutboxEntry[]} outbox @param {Id} me @param {(at: string | number) => string} dayOf */
function addOutgoing(rows, above, outbox, me, dayOf) {
  const shown = new Set(rows.map((row) => row.key));
  for (const entry of outbox) {
    const key = `${me}/${entry.key}`;
    if (shown.has(key)) continue;
    startDay(rows, above, entry.at, dayOf);
    rows.push({ kind: "outgoing", key, entry, head: takesHead(above, me, entry.at) });
    above.broken = entry.status === "failed";
  }
}

/** @param {Row[]} rows @param {Above} above @param {string | number} at @param {(at: string | number) => string} dayOf */
function startDay(rows, above, at, dayOf) {
  const day = dayOf(at);
  if (day === above.day) return;
  rows.push({ kind: "day", key: `day/${day}`, at });
  above.day = day;
  above.broken = true;
}

/** @param {Row[]} rows @param {Above} above @param {Message} message @param {Id} me @param {Seq | null} newAfter */
function startNew(rows, above, message, me, newAfter) {
  if (above.isNew || newAfter === null || message.seq <= newAfter || message.by.id === me) return;
  rows.push({ kind: "new", key: "new" });
  above.isNew = true;
  above.broken = true;
}

/** @param {Above} above @param {string} author @param {number} at */
function takesHead(above, author, at) {
  const head = above.broken || above.author !== author || at - above.at > GROUP_MS;
  above.author = author;
  above.broken = false;
  above.at = at;
  return head;
}

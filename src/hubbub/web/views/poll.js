// A poll under its question: what can be chosen, how many chose it, and who.

/** @import { Message, NewPoll, Poll as PollNow } from "../types.d.ts" */

import { chosenBy, choosing, isClosed, voterCount, votesOf } from "../state/polls.js";
import { fullTime } from "../state/times.js";
import { pollShown } from "../state/votes.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { useMembers } from "./room-members.js";

/** @param {{ message: Message, me: { id: string }, mayModerate: boolean }} properties */
export function Poll({ message, me, mayModerate }) {
  const client = useClient();
  const poll = pollShown(message, client.see.votes.value, me.id);
  const [naming, setNaming] = useState(false);
  const closed = useClosed(poll);
  if (!poll) return null;
  const chosen = chosenBy(poll, me.id);
  const member = client.see.rooms.value[message.room] !== undefined;
  const choose = (/** @type {number} */ number) => client.polls.vote(message, choosing(poll, chosen, number));
  const mayClose = !closed && (mayModerate || message.by.id === me.id);
  return html`<div class="poll" role="group" aria-label="Poll">
    <${Options} poll=${poll} chosen=${chosen} choose=${closed || !member ? null : choose} naming=${naming} names=${useNames(message.room, naming)} />
    <p class="poll-foot">
      <span>${voters(voterCount(poll))}</span>
      ${poll.multiple && html`<span>Several may be chosen</span>`}
      ${closed ? html`<span>Closed</span>` : poll.closes_at && html`<span>${say("Closes on")} ${fullTime(poll.closes_at)}</span>`}
      ${poll.votes && html`<button type="button" class="plain-button" aria-expanded=${naming} onClick=${() => setNaming(!naming)}>Who voted</button>`}
      ${mayClose && html`<button type="button" class="plain-button" onClick=${() => client.polls.close(message)}>Close the poll</button>`}
    </p>
  </div>`;
}

/** A poll that is not sent yet. @param {{ poll: NewPoll }} properties */
export function PollToCome({ poll }) {
  return html`<div class="poll" role="group" aria-label="Poll"><${Options} poll=${poll} chosen=${[]} choose=${null} naming=${false} names=${[]} /></div>`;
}

/** @param {{ poll: PollNow, chosen: number[], choose: ((number: number) => void) | null, naming: boolean, names: (users: string[]) => string }} properties */
function Options({ poll, chosen, choose, naming, names }) {
  const votes = votesOf(poll);
  const most = Math.max(1, voterCount(poll));
  return html`<ul class="poll-options">${poll.options.map((option, number) => {
    const { count, users } = votes[number];
    const mine = chosen.includes(number);
    return html`<li key=${number}>
      <button type="button" class="poll-option ${mine ? "is-mine" : ""}" aria-pressed=${mine} disabled=${!choose} onClick=${() => choose?.(number)}>
        <span class="poll-bar" aria-hidden="true" style=${{ inlineSize: `${(100 * count) / most}%` }}></span>
        <span class="poll-sign ${poll.multiple ? "is-box" : ""}" aria-hidden="true">${mine && html`<${Icon} name="check" />`}</span>
        <span class="poll-words" dir="auto">${option}</span>
        <b class="poll-count">${count}</b>
      </button>
      ${naming && count > 0 && html`<p class="poll-names">${names(users)}</p>`}
    </li>`;
  })}</ul>`;
}

/** Whether nobody votes any more; drawn again when its time has come. @param {PollNow | undefined} poll */
function useClosed(poll) {
  const [, drawAgain] = useState(0);
  const left = poll?.closes_at && !isClosed(poll, Date.now()) ? Date.parse(poll.closes_at) - Date.now() : null;
  useEffect(() => {
    // Browsers count no further than 24 days.
    if (left === null || left > 2 ** 31 - 1) return undefined;
    const timer = setTimeout(() => drawAgain(Date.now()), left + 1);
    return () => clearTimeout(timer);
  }, [poll?.closes_at, poll?.closed === undefined]);
  return poll !== undefined && isClosed(poll, Date.now());
}

/** The names of people in the room. @param {string} room @param {boolean} looking @returns {(users: string[]) => string} */
function useNames(room, looking) {
  const members = useMembers(room, looking);
  return (users) => users.map((id) => members?.find((member) => member.user.id === id)?.user.name ?? say("Somebody who left")).join(", ");
}

/** @param {number} count */
function voters(count) {
  if (count === 0) return say("Nobody has voted yet");
  return count === 1 ? say("1 person voted") : `${count} ${say("people voted")}`;
}

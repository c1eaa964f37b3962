// Whether somebody is there: a dot on their face, and the same in a word.

/** @import { PresenceState, Room } from "../types.d.ts" */

import { partner } from "../state/direct.js";
import { presenceIn } from "../state/presence.js";
import { say } from "../state/words.js";
import { html, useLayoutEffect } from "../view.js";
import { useClient } from "./context.js";

const WORDS = { online: "Online", away: "Away", offline: "Offline" };

/** @param {PresenceState} state */
export const presenceWord = (state) => say(WORDS[state]);

/** A face with its dot; as it is where nothing is known. @param {{ state: PresenceState | null, children?: any }} properties */
export function Face({ state, children }) {
  return state === null ? children : html`<span class="face" title=${presenceWord(state)}>${children}<span class="dot is-${state}" aria-hidden="true"></span></span>`;
}

/** For those who do not see the dot. @param {{ state: PresenceState | null }} properties */
export function SpokenPresence({ state }) {
  return state && html`<span class="visually-hidden">, ${presenceWord(state)}</span>`;
}

/** The other one in a direct room of two; null for other rooms. @param {Room} room @returns {PresenceState | null} */
export function usePartnerPresence(room) {
  const { see } = useClient();
  const other = partner(room, see.me.value?.id ?? "");
  return other && presenceIn(see.presence.value, room.id, other.id);
}

/** Says which direct rooms of a list can be seen, as it is scrolled and changes. @param {{ current: HTMLElement | null }} list @param {string} rooms all of them */
export function useListedOnScreen(list, rooms) {
  const client = useClient();
  useLayoutEffect(() => {
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const { room } = /** @type {HTMLElement} */ (target).dataset;
        if (isIntersecting) seen.add(room);
        else seen.delete(room);
      }
      client.presence.list([...seen]);
    });
    for (const link of list.current?.querySelectorAll(".room-link[data-kind=direct]") ?? []) observer.observe(link);
    return () => observer.disconnect();
  }, [rooms]);
}

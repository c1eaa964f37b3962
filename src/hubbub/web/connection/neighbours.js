// The other tabs of this browser at the same address: a channel to them all, and a lock that one of them holds.

/** @import { Neighbours } from "./shared-socket.js" */

/** @returns {Neighbours | null} null where the browser keeps its tabs apart, as it does over plain HTTP: each tab is alone then */
export function neighbours() {
  if (!navigator.locks || !("BroadcastChannel" in globalThis)) return null;
  const name = `hubbub ${new URL(".", document.baseURI).pathname}`;
  const channel = new BroadcastChannel(name);
  const tab = crypto.randomUUID();
  const lifeOf = (/** @type {string} */ other) => `${name} ${other}`;
  navigator.locks.request(lifeOf(tab), () => new Promise(() => {})).catch(() => {});
  return {
    tab,
    post: (say) => channel.postMessage(say),
    listen: (hear) => channel.addEventListener("message", ({ data }) => hear(data)),
    claim: (lead) => {
      const whileThisTabLives = () => new Promise(() => lead());
      // Where the browser forbids locks, each tab leads for itself: they hear each other, and everything is applied once.
      navigator.locks.request(name, whileThisTabLives).catch(lead);
    },
    outlive: (other, act) => {
      navigator.locks.request(lifeOf(other), async () => act()).catch(() => {});
    },
  };
}

/** A tab that has no neighbours. @returns {Neighbours} */
export const alone = () => ({ tab: "", post: () => {}, listen: () => {}, claim: (lead) => lead(), outlive: () => {} });

// The previews of a message's links: what stays of them, and where each one leads.

/** @import { Message, Preview } from "../types.d.ts" */

const ON_THE_WEB = /^https?:\/\//i;

/** What an event says is all there is from now on. @param {Message} message @param {Preview[] | undefined} previews @returns {Message} */
export function withPreviews({ previews: _before, ...rest }, previews) {
  return previews?.length && !rest.deleted ? { ...rest, previews } : rest;
}

/** The host that a link leads to, as browsers spell it; null for what leads nowhere on the web. @param {string} url */
export function hostOf(url) {
  return ON_THE_WEB.test(url) && URL.canParse(url) ? new URL(url).host : null;
}

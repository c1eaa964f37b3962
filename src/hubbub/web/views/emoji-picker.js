// Chooses an emoji: those chosen lately, those that fit what one types, or from all of them by group.

/** @import { EmojiData } from "../types.d.ts" */

import { emojiGroups, emojiMatching, MOST_RECENT } from "../state/emoji.js";
import { isSameEmoji } from "../state/message-changes.js";
import { say } from "../state/words.js";
import { html, useEffect, useMemo, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Problem } from "./small.js";

const FIRST_CHOICE = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀"];

/** The picker as a dialog's contents, for the message that the dialog is about. */
export function ReactionPicker() {
  const client = useClient();
  const message = client.see.subject.value;
  const choose = (/** @type {string} */ emoji) => {
    client.navigation.closeDialog();
    if (message) client.marking.react(message, emoji);
  };
  return html`<${EmojiPicker} recent=${client.marking.recentEmoji()} choose=${choose} />`;
}

/** @param {{ recent: string[], choose: (emoji: string) => void }} properties */
function EmojiPicker({ recent, choose }) {
  const client = useClient();
  const [all, setAll] = useState(/** @type {EmojiData[]} */ ([]));
  const [words, setWords] = useState("");
  const [hasty, setHasty] = useState(false);
  const { problem, run } = useTask();
  useEffect(() => {
    run(async () => setAll(await client.marking.allEmoji()));
  }, []);
  const groups = useMemo(() => emojiGroups(all), [all]);
  const found = useMemo(() => emojiMatching(all, words), [all, words]);
  const first = [...recent, ...FIRST_CHOICE.filter((each) => !recent.some((one) => isSameEmoji(one, each)))].slice(0, MOST_RECENT);
  const take = () => (found[0] ? choose(found[0].unicode) : setHasty(all.length === 0));
  // Whoever pressed Enter before the names were loaded has chosen all the same.
  useEffect(() => {
    if (hasty && found[0]) choose(found[0].unicode);
  }, [hasty, found]);
  const keys = (/** @type {KeyboardEvent} */ event) => pickerKey(event, take);
  return html`<div class="emoji-picker" onKeyDown=${keys}>
    <div class="field"><input type="search" autofocus autocomplete="off" aria-label="Find an emoji" placeholder="Find an emoji" value=${words}
      onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} /></div>
    <${Problem} error=${problem} />
    ${words.trim() ? html`<${Group} name=${found.length ? say("Found") : say("None has this name")} emoji=${found} choose=${choose} />`
      : html`<${Group} name="Chosen lately" emoji=${first.map((unicode) => ({ unicode, label: unicode }))} choose=${choose} />
        ${groups.map((group) => html`<${Group} key=${group.name} ...${group} choose=${choose} />`)}`}
  </div>`;
}

/** @param {{ name: string, emoji: EmojiData[], choose: (emoji: string) => void }} properties */
function Group({ name, emoji, choose }) {
  return html`<section class="emoji-group" aria-label=${say(name)}>
    <h3>${say(name)}</h3>
    <div class="emoji-grid">${emoji.map(({ unicode, label }) => html`<button type="button" key=${unicode} class="emoji" title=${label} aria-label=${label}
      onClick=${() => choose(unicode)}>${unicode}</button>`)}</div>
  </section>`;
}

/** Arrows go through the emoji as they stand on the page; Enter in the field takes the first one found. @param {KeyboardEvent} event @param {() => void} takeFirst */
function pickerKey(event, takeFirst) {
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(".emoji")]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (event.key === "Enter" && at < 0) {
    event.preventDefault();
    takeFirst();
    return;
  }
  const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : columns(all), ArrowUp: -columns(all) });
  const step = steps[event.key];
  if (step === undefined || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  all[Math.min(at + step, all.length - 1)]?.focus();
  if (at + step < 0) /** @type {HTMLElement} */ (event.currentTarget).querySelector("input")?.focus();
}

/** How many stand in one line. @param {HTMLElement[]} all */
function columns(all) {
  const top = all[0]?.offsetTop;
  const next = all.findIndex((each) => each.offsetTop !== top);
  return next > 0 ? next : all.length || 1;
}

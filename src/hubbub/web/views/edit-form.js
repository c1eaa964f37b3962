// The words of a message while they are edited. Should it be deleted meanwhile, they are not lost.

/** @import { Message } from "../types.d.ts" */

import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useLayoutEffect, useRef, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { useGrowing } from "./growing.js";
import { byTouch, focusComposer } from "./keyboard.js";

/** @param {{ message: Message, thread?: number }} properties `thread`: where it is shown in a thread, its first message */
export function EditForm({ message, thread }) {
  const client = useClient();
  const [text, setText] = useState(message.text ?? "");
  const { busy, problem, run } = useTask();
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useGrowing(field, text);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, []);
  const leave = () => {
    const row = field.current?.closest("article");
    client.messages.edit(null);
    (row ?? document.body).focus();
  };
  // Files say something without words.
  const mayBe = text.trim() !== "" || Boolean(message.files);
  const save = async () => {
    if (!mayBe || busy) return;
    const row = field.current?.closest("article");
    if (await run(() => client.messages.saveEdit(message.room, message.seq, text.trim()))) row?.focus();
  };
  const makeDraft = () => {
    if (!mayBe) return;
    client.messages.returnToDraft(thread === undefined ? message.room : placeOf(message.room, thread), text);
    client.messages.edit(null);
    focusComposer(thread);
  };
  const finish = message.deleted ? makeDraft : save;
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const done = event.key === "Enter" && !event.shiftKey && !event.isComposing && !byTouch();
    if (!done && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (done) finish();
    else leave();
  };
  return html`<div class="edit-form">
    <textarea ref=${field} rows="1" dir="auto" aria-label="Edit your message" value=${text} onKeyDown=${keys}
      onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}></textarea>
    ${message.deleted ? html`<p class="problem" role="alert">This message was deleted meanwhile. Your words are still here: make them a draft, or let them go.</p>`
      : problem && html`<p class="problem" role="alert">${problem.message}</p>`}
    <div class="edit-buttons">
      <button type="button" class="button is-main is-small" disabled=${busy || !mayBe} onClick=${finish}>${message.deleted ? say("Make a draft") : say("Save")}</button>
      <button type="button" class="button is-small" onClick=${leave}>${message.deleted ? say("Let go") : say("Cancel")}</button>
    </div>
  </div>`;
}

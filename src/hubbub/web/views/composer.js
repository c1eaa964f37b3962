// Where one writes. The draft is kept with every keystroke; sending never waits for the network.

/** @import { MyRoom } from "../types.d.ts" */

import { typingSentence } from "../state/typing.js";
import { html, useEffect, useRef } from "../view.js";
import { useCompletion } from "./completion.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { byTouch } from "./keyboard.js";
import { useGrowing } from "./message.js";

/** @param {{ room: MyRoom }} properties */
export function Composer({ room }) {
  const client = useClient();
  const text = client.see.drafts.value[room.id] ?? "";
  const over = [...text].length - client.see.limits.value.text;
  const maySend = text.trim() !== "" && over <= 0;
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useGrowing(field, text);
  useEffect(() => {
    if (!byTouch()) field.current?.focus({ preventScroll: true });
  }, [room.id]);
  const completion = useCompletion(room, field, (changed) => client.messages.keepDraft(room.id, changed));
  const send = () => {
    if (!maySend) return;
    client.outgoing.post(room.id, text.trim());
    client.messages.keepDraft(room.id, "");
    client.reading.stoppedTyping();
    field.current?.focus();
  };
  const write = (/** @type {any} */ event) => {
    client.messages.keepDraft(room.id, event.currentTarget.value);
    if (event.currentTarget.value.trim()) client.reading.typing(room.id);
    completion.look();
  };
  const keys = (/** @type {KeyboardEvent} */ event) => completion.keys(event) || composerKeys(event, client, room, send);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  return html`<form class="composer" onSubmit=${submit}>
    ${completion.list}
    <div class="composer-box">
      <textarea ref=${field} rows="1" dir="auto" aria-label="Message ${room.name}" placeholder="Message ${room.name}" enterkeyhint="enter" value=${text}
        onInput=${write} onKeyDown=${keys} onClick=${completion.look} onBlur=${completion.close} ...${completion.attributes}></textarea>
      <button type="submit" class="send-button" aria-label="Send" title="Send" disabled=${!maySend}><${Icon} name="send" /></button>
    </div>
    <${Foot} room=${room} over=${over} />
  </form>`;
}

/** One line of a fixed height, so that nothing moves when somebody begins to type. @param {{ room: MyRoom, over: number }} properties */
function Foot({ room, over }) {
  const { see } = useClient();
  const sentence = typingSentence(see.typing.value[room.id]?.names ?? []);
  if (over > 0) return html`<p class="composer-foot is-problem" role="alert">${over.toLocaleString()} characters too long. Send it in two parts.</p>`;
  return html`<p class="composer-foot">
    <span class="typing">${sentence && html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>`}${sentence}</span>
    <span class="composer-hint" aria-hidden="true"><kbd>Enter</kbd> sends <kbd>Shift Enter</kbd> new line</span>
  </p>`;
}

/** @param {KeyboardEvent} event @param {import("../client.js").Client} client @param {MyRoom} room @param {() => void} send */
function composerKeys(event, client, room, send) {
  const field = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && !byTouch()) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && field.value === "" && !event.altKey) {
    const last = client.messages.lastOwn(room.id);
    if (last) event.preventDefault();
    if (last) client.messages.edit(last.seq);
  }
}

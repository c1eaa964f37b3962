// What opens over the page. The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back.

/** @import { DialogName } from "../types.d.ts" */

import { useLayoutEffect, useRef } from "../view.js";
import { useClient } from "./context.js";

/** @param {DialogName} name @returns {{ dialog: { current: HTMLDialogElement | null }, listeners: { onClose: () => void, onKeyDown: (event: KeyboardEvent) => void, onMouseDown: (event: Event) => void } }} for a `<dialog>` that is open while it is drawn */
export function useModal(name) {
  const client = useClient();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // At once, so that what is typed next is typed into it.
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const element = dialog.current;
    element?.showModal();
    return () => {
      // While it is still on the page: the browser gives the focus back only when it closes one.
      element?.close();
      if (document.activeElement === document.body) before?.focus();
    };
  }, []);
  // The browser says a little late that it has closed one: another may be open by then, of the same name too.
  const onClose = () => dialog.current && client.store.now.dialog === name && client.navigation.closeDialog();
  const onMouseDown = (/** @type {Event} */ event) => event.target === dialog.current && client.navigation.closeDialog();
  // Nor does what is typed right after Escape go into a page that does not know yet that the dialog has gone.
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    client.navigation.closeDialog();
  };
  return { dialog, listeners: { onClose, onKeyDown, onMouseDown } };
}

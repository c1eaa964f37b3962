// Fields that grow with their words, and keep the caret where it is when the words change under it.

import { caretAfter } from "../state/drafts.js";
import { useLayoutEffect } from "../view.js";

/** The field is as high as its words, up to what the style sheet allows. @param {{ current: HTMLTextAreaElement | null }} field @param {string} text */
export function useGrowing(field, text) {
  useLayoutEffect(() => {
    const style = field.current?.style;
    style?.setProperty("height", "auto");
    style?.setProperty("height", `${field.current?.scrollHeight}px`);
  }, [text]);
}

/** Words may come from another tab, or be put before what is written. @param {{ current: HTMLTextAreaElement | null }} field @param {string} text */
export function useCaretKept(field, text) {
  const { value: before = text, selectionStart: start = 0, selectionEnd: end = 0 } = field.current ?? {};
  useLayoutEffect(() => {
    if (before !== text) field.current?.setSelectionRange(caretAfter(before, text, start), caretAfter(before, text, end));
  }, [text]);
}

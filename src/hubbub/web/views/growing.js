// Fields that grow with their words.

import { useLayoutEffect } from "../view.js";

/** The field is as high as its words, up to what the style sheet allows. @param {{ current: HTMLTextAreaElement | null }} field @param {string} text */
export function useGrowing(field, text) {
  useLayoutEffect(() => {
    const style = field.current?.style;
    style?.setProperty("height", "auto");
    style?.setProperty("height", `${field.current?.scrollHeight}px`);
  }, [text]);
}

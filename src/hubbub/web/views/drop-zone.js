// Files that are dragged over a conversation fall into its composer; beside it they fall nowhere.

import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";

const FOLDERS = "Folders cannot be sent as they are. Put a folder into one file first, such as a ZIP.";

/** @param {{ place: string, name: string }} properties where the files go, and what that is called */
export function DropZone({ place, name }) {
  const client = useClient();
  const zone = useRef(/** @type {HTMLElement | null} */ (null));
  const [over, setOver] = useState(false);
  useEffect(() => {
    const around = zone.current?.parentElement;
    if (!around) return undefined;
    const take = (/** @type {DataTransfer} */ data) => {
      const items = [...data.items].filter(({ kind }) => kind === "file");
      const files = items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).flatMap((item) => item.getAsFile() ?? []);
      if (files.length < items.length) client.navigation.notify(FOLDERS);
      client.files.add(place, files);
      /** @type {HTMLElement | null} */ (around.querySelector(".composer textarea"))?.focus();
    };
    return listen(around, setOver, take);
  }, [place]);
  return html`<div class="drop-zone" ref=${zone} hidden=${!over} aria-hidden="true"><p><${Icon} name="attach" /><span>${say("Drop files here for")} <b dir="auto">${name}</b></span></p></div>`;
}

/** @param {HTMLElement} around @param {(over: boolean) => void} setOver @param {(data: DataTransfer) => void} take */
function listen(around, setOver, take) {
  const within = (/** @type {DragEvent} */ event) => around.contains(/** @type {Node | null} */ (event.target));
  const isFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const moved = (/** @type {DragEvent} */ event) => {
    if (!isFiles(event) || !event.dataTransfer) return;
    // Without this the browser would open what is dropped, in the place of the page.
    event.preventDefault();
    const nearest = /** @type {Element | null} */ (event.target)?.closest?.(".panel, .conversation");
    const here = nearest === around && !document.querySelector("dialog[open]");
    setOver(here);
    event.dataTransfer.dropEffect = nearest?.querySelector(":scope > .drop-zone") ? "copy" : "none";
    if (event.type === "drop" && here) take(event.dataTransfer);
    if (event.type === "drop") setOver(false);
  };
  const left = (/** @type {DragEvent} */ event) => {
    if (event.relatedTarget === null || !within(event)) setOver(false);
  };
  document.addEventListener("dragover", moved);
  document.addEventListener("drop", moved);
  document.addEventListener("dragleave", left);
  return () => {
    document.removeEventListener("dragover", moved);
    document.removeEventListener("drop", moved);
    document.removeEventListener("dragleave", left);
  };
}

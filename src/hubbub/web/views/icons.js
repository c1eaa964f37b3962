// The few signs there are, drawn on a grid of 20 with lines of 1.5.

import { html } from "../view.js";

/** @type {Record<string, string>} */
const PATHS = {
  public: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  private: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  people: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.4-3 2.6-4.5 5.500-4.500s5.100 1.500 5.500 4.500M13 4a2.800 2.800 0 0 1 0 5.400M15 12.300c1.700.7 2.700 2.100 3 4.200",
  invite: "M8 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 16.500c.4-3 2.600-4.500 5.500-4.500 1.700 0 3.100.5 4.100 1.500M15.500 11v6M12.500 14h6",
  message: "M3.5 4.5h13v9h-7l-4 3v-3h-2z",
  unread: "M3.500 12v4.500h13V12l-2.500-8h-8zM3.500 12h4l1 2h3l1-2h4",
  mention: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0v1a2.200 2.200 0 0 0 4.400 0v-1a7.400 7.400 0 1 0-3 6",
  archive: "M3.5 4h13v3.500h-13zM4.500 7.500v9h11v-9M8 10.500h4",
  add: "M10 4v12M4 10h12",
  close: "m5 5 10 10M15 5 5 15",
  rooms: "M3.500 5.500h13M3.500 10h13M3.500 14.500h13",
  back: "M12.500 4 6.500 10l6 6",
  next: "m7.500 4 6 6-6 6",
  send: "M10 16V4.500M5 9.500l5-5 5 5",
  down: "M10 4v11.500M5 10.500l5 5 5-5",
  edit: "m4 16 .7-3.300L13.500 4 16 6.500l-8.700 8.800L4 16ZM12 5.500 14.500 8",
  delete: "M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.8 11h7.400l.8-11M8.500 8.500v5M11.500 8.500v5",
  copy: "M7 7h9v9.500H7zM13 7V3.500H4V13h3",
  link: "M8.500 11.500a3 3 0 0 0 4.300 0l3-3a3 3 0 0 0-4.300-4.300l-1 1M11.500 8.500a3 3 0 0 0-4.300 0l-3 3a3 3 0 0 0 4.300 4.300l1-1",
  find: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM13 13l4 4",
  browse: "M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15ZM13 7l-1.800 4.200L7 13l1.800-4.200L13 7Z",
  settings: "M3 6h8M15 6h2M3 14h2M9 14h8M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  draft: "m4 16 .7-3.300L13.500 4 16 6.500l-8.700 8.800L4 16Z",
  quiet: "M5.500 13.500V9a4.500 4.500 0 0 1 9 0v4.500M4 13.500h12M8.500 16.500h3M3 3l14 14",
  go: "M4 10h11M11 6l4 4-4 4",
  keyboard: "M2.500 5.500h15v9h-15zM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.500h7",
  sun: "M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM10 2v2M10 16v2M2 10h2M16 10h2M4.300 4.300l1.400 1.400M14.300 14.300l1.400 1.400M15.700 4.300l-1.400 1.400M5.700 14.300l-1.400 1.400",
  moon: "M16.500 11.800A7 7 0 1 1 8.200 3.500a5.500 5.500 0 0 0 8.300 8.300Z",
  react: "M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15ZM7 11.500c.6 1.600 1.700 2.400 3 2.400s2.400-.8 3-2.400M7.500 8v.1M12.500 8v.1",
  reply: "M8 5 3.500 9.500 8 14M4 9.500h7c3.200 0 5.500 2 5.500 6",
  thread: "M3.500 4h13v9.500H10L6.500 17v-3.500h-3zM7 7.500h6M7 10h4",
  more: "M4.500 9.800v.400M10 9.800v.400M15.500 9.800v.400",
  pin: "M12 3 17 8l-2.500.8-3 3-.5 4L4.200 9l4-.5 3-3L12 3ZM7.500 12.500 3 17",
  bookmark: "M5.500 3.500h9V17L10 13.500 5.500 17z",
  forward: "M12 5l4.500 4.500L12 14M16 9.500H9c-3.200 0-5.500 2-5.500 6",
  poll: "M3.500 3v14M3.500 5.500h8M3.500 10h13M3.500 14.500h5",
  check: "m4.500 10.500 3.500 3.500 7.500-8",
  history: "M3.500 10a6.500 6.500 0 1 0 2-4.700L3.500 7M3.500 3.500V7H7M10 6.500V10l2.500 2",
  attach: "M15.500 9 9.800 14.700a3.200 3.200 0 0 1-4.500-4.500l6-6a2.100 2.100 0 0 1 3 3l-5.800 5.800a1 1 0 0 1-1.500-1.500L12.300 6.200",
  microphone: "M10 12.500a2.500 2.500 0 0 0 2.500-2.500V5.500a2.500 2.500 0 0 0-5 0V10a2.500 2.500 0 0 0 2.500 2.500ZM5 9.500a5 5 0 0 0 10 0M10 14.500v3",
  stop: "M6 6h8v8H6z",
  play: "M7 4.500v11l8.500-5.500z",
  pause: "M7 4.500v11M13 4.500v11",
  download: "M10 3.500v9M6 9l4 4 4-4M4 16.500h12",
  less: "M4 10h12",
  file: "M5 2.500h6.500L15 6v11.500H5zM11.500 2.500V6H15",
  page: "M5 2.500h6.500L15 6v11.500H5zM11.500 2.500V6H15M7.500 9.500h5M7.500 12h5M7.500 14.500h3",
  table: "M3.500 4.500h13v11h-13zM3.500 8.500h13M3.500 12h13M9 4.500v11",
  code: "M7 6 3 10l4 4M13 6l4 4-4 4M11.200 4.500 8.800 15.500",
  image: "M3.500 4.500h13v11h-13zM3.500 13l3.700-3.500 3 2.800 2.600-2.300 3.700 3.300M12.500 8.200v.1",
  video: "M3 5.500h9.500v9H3zM12.500 9l4.500-2.500v7L12.500 11",
  audio: "M7.500 14.500V5l8-1.500V13M7.500 14.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM15.500 13a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.200l2.800 1.800",
  seen: "M2.500 10s2.800-5 7.500-5 7.500 5 7.500 5-2.800 5-7.500 5-7.500-5-7.500-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  chevron: "m6 8 4 4 4-4",
  leave: "M12 4H4.500v12H12M9 10h8.500M14.500 7l3 3-3 3",
};

/** Those that point along the words turn with them. */
const POINTING = new Set(["back", "next", "go", "leave", "reply", "thread", "forward"]);

/** @param {{ name: string }} properties a drawing beside words; by itself it says nothing */
export function Icon({ name }) {
  return html`<svg class="icon ${POINTING.has(name) ? "is-pointing" : ""}" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}

/**
 * A button that shows only a sign. Its name is there for those who cannot see it, and on hover.
 * @param {{ icon: string, name: string, onClick: (event: Event) => void, class?: string, [attribute: string]: any }} properties
 */
export function IconButton({ icon, name, onClick, class: extra = "", ...attributes }) {
  return html`<button type="button" class="icon-button ${extra}" aria-label=${name} title=${name} onClick=${onClick} ...${attributes}>
    <${Icon} name=${icon} />
  </button>`;
}

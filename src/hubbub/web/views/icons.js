// The few signs there are, drawn on a grid of 20 with lines of 1.5.

import { html } from "../view.js";

/** @type {Record<string, string>} */
const PATHS = {
  public: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  private: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  people: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.4-3 2.6-4.5 5.500-4.500s5.100 1.500 5.500 4.500M13 4a2.800 2.800 0 0 1 0 5.400M15 12.300c1.700.7 2.700 2.100 3 4.200",
  invite: "M8 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 16.500c.4-3 2.600-4.500 5.500-4.500 1.700 0 3.100.5 4.100 1.500M15.500 11v6M12.500 14h6",
  add: "M10 4v12M4 10h12",
  close: "m5 5 10 10M15 5 5 15",
  rooms: "M3.500 5.500h13M3.500 10h13M3.500 14.500h13",
  back: "M12.500 4 6.500 10l6 6",
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
  leave: "M12 4H4.500v12H12M9 10h8.500M14.500 7l3 3-3 3",
};

/** @param {{ name: string }} properties a drawing beside words; by itself it says nothing */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
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

/** Icons as paths on a 16 by 16 grid, drawn with the colour of the text around them. */
export const ICONS = {
  inbox: "M2.5 9.5 4.3 3.4h7.4l1.8 6.1v3.1h-11zM2.5 9.5h3.2l.8 1.6h3l.8-1.6h3.2",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.6 10.6 14 14",
  theme: "M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6",
  lock: "M3.4 7.2h9.2v6.2H3.4zM5.4 7.2V5.4a2.6 2.6 0 0 1 5.2 0v1.8",
  check: "m3 8.4 3.2 3.2L13 4.6",
  cross: "m4 4 8 8M12 4l-8 8",
  back: "M13 8H3.4M7.2 4 3.2 8l4 4",
  agent: "M3 5.4h10v7.4H3zM8 5.4V3M6 8.6v.8M10 8.6v.8M1.4 8v2M14.6 8v2",
  warning: "M8 2.2 14.4 13H1.6zM8 6.4v3.2M8 11.4v.1",
  comment: "M2.5 3.4h11v7.4H7l-3 2.6v-2.6H2.5z",
  person: "M8 7.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM2.8 13.6c.6-2.8 2.6-4.2 5.2-4.2s4.6 1.4 5.2 4.2",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "m4 6 4 4 4-4",
  less: "m4 10 4-4 4 4",
  copy: "M5.6 5.6h7.8v7.8H5.6zM10.4 5.6V2.6H2.6v7.8h3",
  play: "M5 3.2 12.4 8 5 12.8z",
  help: "M6 6a2 2 0 1 1 2.6 1.9c-.5.2-.6.6-.6 1.1v.4M8 12v.1",
  undo: "M3 6.4h6.4a3.4 3.4 0 0 1 0 6.8H6M5.6 3.6 2.8 6.4l2.8 2.8",
  more: "M3.6 8h.1M8 8h.1M12.4 8h.1",
  edit: "M3 13h2.4l7.2-7.2-2.4-2.4L3 10.6zM8.8 4.8l2.4 2.4",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.4",
  shield: "M8 1.9 13 3.7v4c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4v-4zM5.8 7.9l1.6 1.6 2.9-3.1",
  out: "M6.4 2.6H3v10.8h3.4M10 5l3 3-3 3M13 8H6.4",
} as const;

export type IconName = keyof typeof ICONS;

// The page's own line icons, drawn on a 20 px grid with one stroke width.

const PATHS = {
  back: "M12 4.5 6.5 10l5.5 5.5",
  chevron: "m6 8 4 4 4-4",
  close: "m5.5 5.5 9 9m0-9-9 9",
  plus: "M10 4v12M4 10h12",
  send: "M10 16V4.5M5 9.500l5-5 5 5",
  clip: "m15.5 9-5.8 5.800a3.3 3.3 0 0 1-4.7-4.700l6-6a2.2 2.2 0 0 1 3.1 3.100l-6 6a1.1 1.1 0 0 1-1.5-1.500L12 6.4",
  reply: "M8 5 3.5 9.5 8 14M4 9.500h7c3.5 0 5.5 2 5.5 5.5",
  edit: "m12.5 4.5 3 3L7 16H4v-3zM11 6l3 3",
  trash: "M4 5.500h12M8 5.500V4h4v1.500M5.5 5.500l.7 10.500h7.600l.7-10.500M8.5 8.500v4.5M11.5 8.500v4.5",
  copy: "M7.5 7.500h8v8h-8zM12.5 4.5h-8v8",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7.5 8v.5M12.5 8v.5M7 11.500c1.5 2.3 4.5 2.3 6 0",
  pin: "M7 3.500h6M8 3.500v5L5.5 12h9L12 8.500v-5M10 12v5",
  more: "M10 4.5v.01M10 10v.01M10 15.500v.01",
  window: "M11.5 4H16v4.5M16 4l-6.5 6.500M8.5 4.5h-4v11h11v-4",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  lock: "M5.5 9h9v7.500h-9zM7.5 9V6.500a2.5 2.5 0 0 1 5 0V9",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4l2.5 2",
  moon: "M16 11.500A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.500Z",
  sun: "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.7 4.700l1 1M14.3 14.300l1 1M4.7 15.300l1-1M14.3 5.700l1-1",
  panel: "M3.5 4.5h13v11h-13zM12 4.5v11",
  person: "M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.500c.5-3.5 3-5 6-5s5.5 1.5 6 5",
  group: "M7.5 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM2.5 15.500c.4-2.8 2.4-4 5-4s4.6 1.2 5 4M13 4.800a2.3 2.3 0 0 1 0 4.400M14.5 11.800c1.7.5 2.7 1.7 3 3.7",
  bolt: "M11 3 5 11.500h4.5L9 17l6-8.500h-4.5z",
  door: "M8 4H4.5v12H8M12.5 6.5 16 10l-3.5 3.500M16 10H8",
  block: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5.2 5.200l9.6 9.6",
  down: "M10 4.5v11M5 10.500l5 5 5-5",
  file: "M6 3.500h5l3.5 3.500v9.500H6zM11 3.500V7h3.5",
  link: "M8.5 11.500a3 3 0 0 0 4.3 0l2.5-2.500a3 3 0 0 0-4.3-4.300l-1 1M11.5 8.500a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.300l1-1",
  share: "M11.5 5.5 16.5 10l-5 4.5V12c-4 0-6.5 1-8 3.5 0-4.5 3-7 8-7.300z",
  card: "M3 5.500h14v9H3zM3 8.500h14M5.5 12h3",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  menu: "M4 6h12M4 10h12M4 14h8",
  globe: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM3 10h14M10 3c2.5 2.5 2.5 11.5 0 14M10 3c-2.5 2.5-2.5 11.5 0 14",
  sliders: "M4 6.500h6M13 6.500h3M4 13.500h3M10 13.500h6M11.5 5v3M8.5 12v3",
  bot: "M5 7.500h10v8H5zM10 7.500V4.5M8 11v.8M12 11v.8M2.8 10.500v2M17.2 10.500v2",
  hash: "M8 4 6.5 16M13.5 4 12 16M4.5 8h12M3.5 12h12",
};

/** A decorative icon; the control around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

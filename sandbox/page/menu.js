// Small menus that open beside what was clicked; arrows move, Escape closes, focus goes back.

import { el } from "./element.js";
import { icon } from "./icon.js";

/** items: {label, icon?, run, danger?, checked?, note?} or null for a line between. */
export function openMenu(anchor, items, label) {
  const menu = el("div.menu", { role: "menu", popover: "auto", "aria-label": label },
    items.filter((item) => item !== false).map((item) => (item ? entry(item, () => close(menu)) : el("hr", {}))));
  place(menu, anchor);
  menu.addEventListener("keydown", (event) => move(menu, event));
  menu.querySelector("[role^=menuitem]")?.focus();
  return menu;
}

function entry(item, done) {
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const run = () => {
    done();
    item.run();
  };
  return el("button", {
    type: "button", role, tabindex: -1, class: item.danger ? "danger" : "", onclick: run,
    "aria-checked": item.checked === undefined ? null : String(item.checked),
  }, item.icon ? icon(item.icon) : null, el("span", {}, item.label), item.note ? el("small", {}, item.note) : null, item.checked ? icon("check") : null);
}

const close = (menu) => menu.isConnected && menu.hidePopover();

/** Any floating box: shown beside the anchor, inside the window, gone when closed. */
export function place(box, anchor) {
  const before = document.activeElement;
  (anchor.closest(".topbar, .column, .inspector") ?? document.body).append(box);  // stays within a landmark
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (inside && before?.isConnected) before.focus();
  });
  box.showPopover();
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
  const below = at.bottom + 6 + height <= innerHeight - 8;
  const top = below ? at.bottom + 6 : Math.max(8, at.top - height - 6);
  Object.assign(box.style, { left: `${at.left + width <= innerWidth - 8 && at.left < innerWidth / 2 ? at.left : left}px`, top: `${top}px` });
}

function move(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  const all = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = all.indexOf(document.activeElement);
  const next = { Home: 0, End: all.length - 1 }[event.key] ?? (at + step + all.length) % all.length;
  all[next].focus();
}

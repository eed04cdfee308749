// Text with Telegram's entities as elements. Offsets are UTF-16 units, which is what JavaScript strings count in.

import { el } from "./element.js";
import { clockText, entityTime } from "./time.js";
import { t } from "./words.js";

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote.expandable", custom_emoji: "span",
};

/** Nodes for `text`; `links` answers what a click does: {open(url), command(text), mention(name)}, `now` the platform's time. */
export function rich(text, entities, links, now) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, sorted, { links, now });
}

function span(text, from, to, entities, context) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity] = rest;
    const end = Math.min(entity.offset + entity.length, to);
    const inner = rest.slice(1).filter((other) => other.offset < end);
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const start = Math.max(entity.offset, at);
    if (end > start) nodes.push(wrap(entity, text.slice(start, end), span(text, start, end, inner, context), context));
    at = Math.max(at, end);
    rest = rest.slice(1).filter((other) => other.offset >= end);
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrap(entity, raw, children, { links, now }) {
  if (PLAIN[entity.type]) return quotable(el(PLAIN[entity.type], {}, children), entity.type);
  const make = {
    pre: () => el("pre", { tabindex: 0 }, el("code", { data: { language: entity.language ?? "" } }, children)),
    spoiler: () => spoiler(children),
    url: () => anchor(raw, children, links),
    text_link: () => anchor(entity.url, children, links),
    email: () => el("a", { href: `mailto:${raw}` }, children),
    phone_number: () => el("a", { href: `tel:${raw}` }, children),
    text_mention: () => el("span.mention", {}, children),
    mention: () => act(children, () => links.mention(raw)),
    bot_command: () => act(children, () => links.command(raw)),
    hashtag: () => el("span.mention", {}, children),
    cashtag: () => el("span.mention", {}, children),
    date_time: () => dateTime(entity, children, now),
  }[entity.type];
  return make ? make() : el("span", {}, children);
}

function quotable(node, type) {
  if (type === "expandable_blockquote") {
    node.setAttribute("tabindex", "0");
    node.addEventListener("click", () => node.classList.toggle("open"));
  }
  return node;
}

function act(children, onclick) {
  return el("button.inline", { type: "button", onclick }, children);
}

// Only addresses of the web and of the platform leave the page; anything else stays text.
function anchor(url, children, links) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
  if (!/^(https?|tg):/i.test(full)) return el("span", {}, children);
  const onclick = (event) => {
    if (links.open(full)) event.preventDefault();
  };
  return el("a", { href: full, target: "_blank", rel: "noopener noreferrer", title: full, onclick }, children);
}

function spoiler(children) {
  const node = el("span.spoiler", { role: "button", tabindex: 0, "aria-label": t("spoiler") }, children);
  const reveal = () => {
    node.classList.add("open");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => event.key === "Enter" && reveal());
  return node;
}

// A relative time grows old on the screen; window.js's minute renews what carries data-unix.
function dateTime(entity, children, now) {
  const shown = entityTime(entity.unix_time, entity.date_time_format, now());
  const time = el("time.moment", { title: clockText(entity.unix_time), tabindex: 0 }, ...(shown ? [shown] : children));
  if (entity.date_time_format?.includes("r")) Object.assign(time.dataset, { unix: entity.unix_time, format: entity.date_time_format });
  return time;
}

export function renewTimes(root, now) {
  for (const time of root.querySelectorAll("time[data-unix]")) {
    time.textContent = entityTime(Number(time.dataset.unix), time.dataset.format, now);
  }
}

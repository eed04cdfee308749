// One message as one person sees it. Drawn anew on every edit; holds no state of its own.

import { avatar, hueOf } from "./avatar.js";
import { el } from "./element.js";
import { icon } from "./icon.js";
import { invoiceBody } from "./invoice.js";
import { inlineKeyboard } from "./keyboard.js";
import { mediaBody } from "./media.js";
import { pollBody } from "./poll.js";
import { glimpse, serviceLine } from "./service.js";
import { rich } from "./text.js";
import { clockText, hourMinute } from "./time.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

/** Ephemeral messages count on their own; the key tells both apart within a chat. */
export const keyOf = (message) => (message.ephemeral_message_id ? `e${message.ephemeral_message_id}` : `m${message.message_id}`);

export function senderOf(message) {
  const chat = message.sender_chat;
  if (chat) return { id: chat.id, name: chat.title, kind: "chat" };
  const user = message.from ?? message.chat;
  return { id: user.id, name: nameOf(user), kind: user.is_bot ? "bot" : "person" };
}

/** `view` is the chat as the person has it open: {person, chat, world, links, busy, acts, payment(m), votes(m), find(id)}. */
export function bubble(message, view) {
  const line = serviceLine(message);
  return line === null ? spoken(message, view) : el("div.service", { role: "note", data: { id: message.message_id } }, el("span", {}, line));
}

function spoken(message, view) {
  const sender = senderOf(message);
  const own = sender.id === view.person && view.chat.type !== "channel";
  const hidden = message.sandbox?.ephemeral_for;
  const classes = ["message", own ? "own" : "", hidden ? "ephemeral" : "", view.chat.type === "private" ? "direct" : ""];
  return el("article", { class: classes.filter(Boolean).join(" "), tabindex: -1, "aria-label": label(message, sender, own) },
    own || view.chat.type === "private" ? null : avatar(sender.id, sender.name, sender.kind),
    el("div.stack", {}, body(message, sender, own, view), keyboard(message, view), el("div.tools")));
}

function label(message, sender, own) {
  const who = own ? t("you") : sender.name;
  const hidden = message.sandbox?.ephemeral_for ? `, ${t("only_you")}` : "";
  return `${who}, ${hourMinute(message.date)}${hidden}: ${glimpse(message)}`;
}

function body(message, sender, own, view) {
  const media = mediaBody(message);
  const words = text(message, view);
  const above = message.show_caption_above_media;
  return el("div.bubble", { class: `bubble${message.photo ? " pictured" : ""}${media && !words ? " wordless" : ""}` },
    own || view.chat.type === "private" ? via(message) : head(message, sender, view),
    message.sandbox?.ephemeral_for ? el("p.only-you", {}, icon("eye"), t("only_you")) : null,
    forwarded(message), quote(message, view),
    above ? words : null, media, above ? null : words,
    message.poll ? pollBody(message.poll, view.votes(message), (indexes) => view.acts.vote(message, indexes)) : null,
    message.invoice ? invoiceBody(message, invoiceView(message, view)) : null,
    reactions(message, view), foot(message, view));
}

function head(message, sender, view) {
  const admin = sender.kind === "person" && view.chat.admins?.includes(sender.id);
  const tag = sender.kind === "bot" ? t("bot") : admin ? t("admin") : message.author_signature ?? "";
  return el("header.sender", {}, el(`strong.ink-${hueOf(sender.id)}`, {}, sender.name),
    via(message), tag ? el("span.tag", {}, tag) : null);
}

function via(message) {
  return message.via_bot ? el("span.tag.via", {}, t("via", { bot: message.via_bot.username })) : null;
}

function forwarded(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const from = origin.sender_user ? nameOf(origin.sender_user) : origin.sender_user_name ?? (origin.chat ?? origin.sender_chat)?.title;
  return el("p.forwarded", {}, icon("share"), t("forwarded", { from }));
}

function quote(message, view) {
  const source = message.reply_to_message;
  if (!source || source.forum_topic_created) return null;
  const now = view.find(keyOf(source)) ?? source;
  const sender = senderOf(now);
  return el(`button.quote.edge-${hueOf(sender.id)}`, { type: "button", data: { key: "quote" }, onclick: () => view.acts.jump(source) },
    el(`strong.ink-${hueOf(sender.id)}`, {}, sender.name),
    el("span", {}, message.quote?.text ?? glimpse(now) ?? ""));
}

function text(message, view) {
  const words = message.text ?? message.caption;
  if (!words) return null;
  const entities = message.text === undefined ? message.caption_entities : message.entities;
  const big = !entities?.length && /^\p{Extended_Pictographic}{1,3}$/u.test(words);
  return el("div.text", { class: big ? "text big" : "text", dir: "auto" }, rich(words, entities, view.links, () => view.world.now()));
}

function invoiceView(message, view) {
  return { state: view.payment(message), actions: { pay: () => view.acts.pay(message), refuse: () => view.acts.refuse(message) } };
}

// An invoice has its Pay button inside; the keyboard's own comes up again for who said "not now".
function keyboard(message, view) {
  const inside = message.invoice && view.payment(message) !== "refused";
  const rows = (message.reply_markup?.inline_keyboard ?? []).map((row) => (inside ? row.filter((button) => !button.pay) : row)).filter((row) => row.length);
  return inlineKeyboard({ inline_keyboard: rows }, view.busy.get(keyOf(message)) ?? new Set(), (button, key) => view.acts.press(message, button, key));
}

function reactions(message, view) {
  const list = message.sandbox?.reactions ?? [];
  if (!list.length) return null;
  return el("div.reactions", {}, list.map(({ emoji, count, by }) => {
    const mine = (by ?? []).includes(view.person);
    const who = (by ?? []).map((id) => nameOf(view.world.people.get(id) ?? view.world.bots.get(id))).join(", ");
    return el("button.reaction", {
      type: "button", class: mine ? "reaction mine" : "reaction", "aria-pressed": String(mine), title: who,
      "aria-label": t("reaction", { emoji, n: count, who }), data: { key: `react-${emoji}` }, onclick: () => view.acts.react(message, mine ? null : emoji),
    }, el("span", {}, emoji), (by ?? []).length && count <= 3 ? faces(by, view) : el("span.count", {}, String(count)));
  }));
}

function faces(by, view) {
  return el("span.faces", {}, by.slice(0, 3).map((id) => {
    const known = view.world.people.get(id);
    const bot = view.world.bots.get(id);
    return avatar(id, nameOf(known ?? bot), bot ? "bot" : "person");
  }));
}

function foot(message, view) {
  const history = message.sandbox?.history ?? [];
  const edited = message.edit_date
    ? el("button.edited", { type: "button", tabindex: -1, data: { key: "edited" }, onclick: (event) => view.acts.history(message, event.currentTarget), disabled: !history.length }, t("edited"))
    : null;
  const views = view.chat.type === "channel" && message.sandbox?.views ? el("span", {}, icon("eye"), ` ${message.sandbox.views}`) : null;
  return el("footer.foot", {}, views, edited, el("time", { title: clockText(message.date) }, hourMinute(message.date)));
}

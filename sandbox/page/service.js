// The quiet lines in the middle of a chat: who came, who left, what was pinned, what was paid.

import { nameOf } from "./world.js";
import { t } from "./words.js";
import { money } from "./invoice.js";

const names = (people) => people.map(nameOf).join(", ");

const LINES = {
  new_chat_members: (m) =>
    m.new_chat_members.length === 1 && m.new_chat_members[0].id === m.from?.id
      ? t("line_joined", { who: nameOf(m.from) })
      : t("line_added", { who: nameOf(m.from), whom: names(m.new_chat_members) }),
  left_chat_member: (m) =>
    m.left_chat_member.id === m.from?.id
      ? t("line_left", { who: nameOf(m.from) })
      : t("line_removed", { who: nameOf(m.from), whom: nameOf(m.left_chat_member) }),
  pinned_message: (m) => t("line_pinned", { who: nameOf(m.from ?? m.sender_chat), what: headline(m.pinned_message) }),
  new_chat_title: (m) => t("line_title", { who: nameOf(m.from), title: m.new_chat_title }),
  new_chat_photo: (m) => t("line_photo", { who: nameOf(m.from) }),
  delete_chat_photo: (m) => t("line_photo", { who: nameOf(m.from) }),
  group_chat_created: (m) => t("line_created", { who: nameOf(m.from) }),
  supergroup_chat_created: (m) => t("line_created", { who: nameOf(m.from ?? m.chat) }),
  channel_chat_created: (m) => t("line_created", { who: nameOf(m.from ?? m.chat) }),
  migrate_to_chat_id: () => t("line_migrated"),
  migrate_from_chat_id: () => t("line_migrated"),
  forum_topic_created: (m) => t("line_topic", { who: nameOf(m.from), topic: m.forum_topic_created.name }),
  forum_topic_edited: (m) => t("line_topic_edited", { who: nameOf(m.from), topic: m.forum_topic_edited.name ?? "" }),
  forum_topic_closed: (m) => t("line_topic_closed", { who: nameOf(m.from) }),
  forum_topic_reopened: (m) => t("line_topic_reopened", { who: nameOf(m.from) }),
  successful_payment: (m) => t("line_paid", { who: nameOf(m.from), sum: money(m.successful_payment.total_amount, m.successful_payment.currency) }),
  refunded_payment: (m) => t("line_refunded", { sum: money(m.refunded_payment.total_amount, m.refunded_payment.currency) }),
  message_auto_delete_timer_changed: () => t("line_timer"),
  write_access_allowed: () => t("line_write_access"),
};

/** The line of a service message, or null where the message is somebody's words. */
export function serviceLine(message) {
  const kind = Object.keys(LINES).find((key) => message[key] !== undefined);
  return kind ? LINES[kind](message) : null;
}

/** The first line of what a message says, short. */
export function headline(message) {
  const first = (message?.text ?? message?.caption ?? "").split("\n").find((line) => line.trim()) ?? glimpse(message);
  return first.length > 48 ? `${first.slice(0, 47)}…` : first;
}

/** One line that says what a message holds: for quotes, pins, chat lists and labels. */
export function glimpse(message) {
  if (!message) return "";
  const words = (message.text ?? message.caption ?? "").replace(/\s+/gu, " ").trim();
  const kind = ["photo", "document", "poll", "invoice", "video", "animation", "audio", "voice", "sticker", "location", "contact", "dice"]
    .find((key) => message[key] !== undefined);
  const named = {
    poll: () => `📊 ${message.poll.question}`,
    invoice: () => message.invoice.title,
    document: () => message.document.file_name ?? t("document"),
  }[kind];
  if (named) return words || named();
  if (words) return words.slice(0, 160);
  return kind ? t(kind) : serviceLine(message) ?? "";
}

// The share dialog of the platform: a text, a chat to say it in, and words of one's own.

import { post } from "./api.js";
import { el, uid } from "./element.js";
import { avatar } from "./avatar.js";
import { chooser } from "./dialog.js";
import { t } from "./words.js";

export function shareBox(column, text) {
  const id = uid("share");
  const words = el("textarea", { id, rows: 3, value: text, "aria-label": t("share_text") });
  const { mine, bots } = column.world.chatsOf(column.person);
  const items = [...mine, ...bots].map((chat) => ({
    label: chat.title, node: avatar(chat.id, chat.title, chat.type === "private" ? "bot" : "chat"),
    run: () => send(column, chat.id, words.value),
  }));
  return chooser(t("share_where"), items, el("div.field", {}, el("label", { for: id }, t("share_text")), words));
}

async function send(column, chatId, text) {
  try {
    await post("/say", { chat_id: chatId, person_id: column.person, text });
    column.say(t("shared"), "note");
  } catch (problem) {
    column.say(problem.message, "error");
  }
}

// All chats of a person: groups they are in, bots, and groups they could join.

import { avatar } from "./avatar.js";
import { get } from "./api.js";
import { el } from "./element.js";
import { senderOf } from "./bubble.js";
import { glimpse } from "./service.js";
import { hourMinute } from "./time.js";
import { t } from "./words.js";

export class ChatList {
  #last = new Map();

  constructor(column) {
    this.column = column;
    this.node = el("nav.chat-list", { "aria-label": t("chats") });
    this.draw();
    void this.#load();
  }

  // The last message of each chat comes after the names: the list stands at once.
  async #load() {
    const { mine, bots } = this.column.world.chatsOf(this.column.person);
    await Promise.all([...mine, ...bots].map(async (chat) => {
      const { messages } = await get(`/chats/${chat.id}`, { person_id: this.column.person, limit: 1 }).catch(() => ({ messages: [] }));
      if (messages.length) this.#last.set(chat.id, messages.at(-1));
    }));
    this.draw();
  }

  draw() {
    const { mine, bots, others } = this.column.world.chatsOf(this.column.person);
    const held = document.activeElement?.dataset?.chat;
    this.node.replaceChildren(
      ...this.#part(t("groups"), mine), ...this.#part(t("bots"), bots),
      ...this.#part(t("could_join"), others), bots.length ? "" : el("p.hint", {}, t("no_bot")));
    if (held) this.node.querySelector(`[data-chat="${held}"]`)?.focus();
  }

  #part(title, chats) {
    if (!chats.length) return [];
    return [el("h3.list-title", {}, title), el("ul", {}, chats.map((chat) => el("li", {}, this.#entry(chat))))];
  }

  #entry(chat) {
    const { person, window } = this.column;
    const last = this.#last.get(chat.id);
    const unread = window.unread.of(person, chat.id);
    return el("button.chat-entry", { type: "button", data: { chat: chat.id }, onclick: () => void this.column.open(chat.id) },
      avatar(chat.id, chat.title, chat.type === "private" ? "bot" : "chat"),
      el("span.entry-words", {}, el("strong", {}, chat.title), el("span.entry-last", {}, this.#words(chat, last))),
      el("span.entry-side", {}, last ? el("time", {}, hourMinute(last.date)) : null,
        unread ? el("span.badge", { "aria-label": t("unread", { n: unread }) }, String(unread)) : null));
  }

  #words(chat, last) {
    if (!last) return chat.type === "private" ? `@${chat.bot.username}` : t(`type_${chat.type}`);
    const who = chat.type === "private" || chat.type === "channel" ? "" : `${senderOf(last).name}: `;
    return who + glimpse(last);
  }
}

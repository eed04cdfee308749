// One phone: a person, and either the list of their chats or one chat that is open.

import { avatar, hueOf } from "./avatar.js";
import { Chat } from "./chat.js";
import { ChatList } from "./chatlist.js";
import { el, show, uid } from "./element.js";
import { chatMenu } from "./hand.js";
import { icon } from "./icon.js";
import { Toasts } from "./toast.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

export class Column {
  anonymous = false;
  #close = null;
  #fresh = 0;

  /** window: {world, unread, keep(), remove(column), alone}. */
  constructor(window, person, chatId) {
    this.window = window;
    this.world = window.world;
    this.person = person;
    this.toasts = new Toasts();
    this.head = el("header.column-head", {});
    this.body = el("div.column-body", {});
    this.node = el("section.column", { "aria-label": nameOf(this.world.people.get(person)) }, this.#tab(), this.head, this.body, this.toasts.node);
    const offs = [window.unread.onchange((who) => who === this.person && this.#drawUnread()),
      ...["world", "chat", "member"].map((type) => this.world.on(type, () => this.list?.draw()))];
    this.off = () => offs.forEach((off) => off());
    if (chatId && this.world.chat(chatId)) void this.open(chatId);
    else this.showList();
  }

  destroy() {
    this.off();
    this.#shut();
    this.node.remove();
  }

  say(text, kind) {
    this.toasts.say(text, kind);
  }

  get chatId() {
    return this.chat?.view.chat.id ?? null;
  }

  takeUnread() {
    const fresh = this.#fresh;
    this.#fresh = 0;
    return fresh;
  }

  // The strip on top says whose phone this is; the select in it changes the person.
  #tab() {
    const id = uid("person");
    this.select = el("select.person-select", { id, "aria-label": t("person"), onchange: () => this.be(Number(this.select.value)) });
    this.drawPeople();
    const alone = el("button.round.quiet", { type: "button", "aria-label": t("own_window"), title: t("own_window"), onclick: () => this.#ownWindow() }, icon("window"));
    const remove = el("button.round.quiet", { type: "button", "aria-label": t("remove_column"), title: t("remove_column"), onclick: () => this.window.remove(this) }, icon("close"));
    this.face = el("span.face", {});
    this.tab = el("div.column-tab", {}, this.face, el("label.as", { for: id }, t("as")), this.select, el("span.grow", {}), this.window.alone ? null : [alone, remove]);
    this.#drawFace();
    return this.tab;
  }

  drawPeople() {
    this.select.replaceChildren(...[...this.world.people.values()].map((person) => el("option", { value: String(person.id) }, nameOf(person))));
    this.select.value = String(this.person);
  }

  #drawFace() {
    const name = nameOf(this.world.people.get(this.person));
    this.face.replaceChildren(avatar(this.person, name));
    this.node?.setAttribute("aria-label", name);
  }

  be(person) {
    const chat = this.chatId;
    this.person = person;
    this.#drawFace();
    if (chat) void this.open(chat);
    else this.showList();
    this.window.keep();
  }

  #shut() {
    this.#close?.();
    this.#close = null;
    this.chat?.destroy();
    this.chat = this.list = null;
  }

  showList() {
    this.#shut();
    this.list = new ChatList(this);
    this.drawHeader();
    this.body.replaceChildren(this.list.node);
    this.window.keep();
  }

  /** Opens a chat, and a message in it where one is named. */
  async open(chatId, messageId) {
    const chat = this.world.chat(chatId);
    if (!chat) return this.say(t("unknown_name", { name: String(chatId) }), "error");
    this.#shut();
    this.#fresh = this.window.unread.of(this.person, chatId);
    this.#close = this.window.unread.open(this.person, chatId);
    this.chat = new Chat(this, chat);
    this.drawHeader();
    this.body.replaceChildren(this.chat.node);
    this.window.keep();
    const { deeds } = this.chat;
    await this.chat.load();
    return messageId ? deeds.jump({ message_id: messageId }) : undefined;
  }

  drawHeader() {
    this.head.replaceChildren(...(this.chat ? this.#chatHead() : [el("h2.chat-title", {}, t("chats"))]));
    this.#drawUnread();
  }

  #chatHead() {
    const { chat } = this.chat.view;
    this.otherUnread = el("span.badge", { hidden: true });
    const back = el("button.round.quiet.back", { type: "button", "aria-label": t("chats"), title: t("chats"), onclick: () => this.showList() }, icon("back"), this.otherUnread);
    const more = el("button.round.quiet", { type: "button", "aria-label": t("chat_menu"), title: t("chat_menu"), onclick: () => chatMenu(this, more) }, icon("more"));
    const kind = chat.type === "private" ? "bot" : "chat";
    return [back, avatar(chat.id, chat.title, kind), el("div.chat-name", {}, el("h2.chat-title", {}, chat.title), el("p.chat-sub", {}, this.#subtitle(chat))), more];
  }

  #subtitle(chat) {
    if (chat.type === "private") return `@${chat.bot.username}`;
    return t(chat.type === "channel" ? "subscribers" : "members", { n: chat.members.length });
  }

  #drawUnread() {
    if (this.list) return void this.list.draw();
    const count = this.window.unread.beside(this.person, this.chatId);
    if (!this.otherUnread) return;
    this.otherUnread.textContent = count > 99 ? "99+" : String(count);
    show(this.otherUnread, count > 0);
  }

  #ownWindow() {
    const query = new URLSearchParams({ as: this.person, ...(this.chatId ? { chat: this.chatId } : {}) });
    window.open(`/?${query}`, `tuan-${this.person}`, "popup,width=420,height=820");
  }

  hue() {
    return hueOf(this.person);
  }
}

// One chat open before one person: pins, topics, messages, composer, and everything the person can do there.

import { keyOf, senderOf } from "./bubble.js";
import { Composer } from "./composer.js";
import { Deeds } from "./deed.js";
import { alertBox } from "./dialog.js";
import { el, show } from "./element.js";
import { get } from "./api.js";
import { icon } from "./icon.js";
import { replyKeyboard } from "./keyboard.js";
import { follow } from "./link.js";
import { PinBar } from "./pin.js";
import { glimpse } from "./service.js";
import { Timeline } from "./timeline.js";
import { ToolBar } from "./tool.js";
import { Topics } from "./topic.js";
import { Typing } from "./typing.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

export class Chat {
  #offs = [];

  constructor(column, chat) {
    this.column = column;
    this.world = column.world;
    this.view = this.#viewOf(column, chat);
    this.deeds = new Deeds(this);
    this.view.acts = this.deeds;
    this.timeline = new Timeline(this.view, (event, message) => this.tools.key(event, message));
    this.tools = new ToolBar(this);
    this.pins = new PinBar(this.view, (message) => this.timeline.jump(message));
    this.topics = new Topics(this.view, () => void this.load());
    this.typing = new Typing(this.world, this.view);
    this.composer = new Composer(this.view, this.deeds);
    this.foot = el("div.chat-foot", {});
    this.node = el("div.chat-view", {}, this.pins.node, this.topics.node, this.timeline.node, this.typing.node, this.foot);
    this.#listen();
    this.#drawFoot();
  }

  #viewOf(column, chat) {
    const links = {
      open: (url) => follow(url, column),
      command: (text) => void this.deeds.say(text, null),
      mention: (name) => follow(`https://t.me/${name.replace(/^@/, "")}`, column),
    };
    return {
      person: column.person, name: nameOf(column.world.people.get(column.person)), chat, world: column.world, links, busy: new Map(),
      refused: new Set(), voted: new Map(),
      payment: (message) => this.deeds.payment(message), votes: (message) => this.deeds.votes(message),
      reload: () => void this.load(),
      wants: (message) => this.topics.wants(message),
    };
  }

  #listen() {
    const { world } = this;
    const mine = (event) => event.chat_id === this.view.chat.id && (!event.person_id || this.view.chat.type !== "private" || event.person_id === this.view.person);
    const on = (type, act) => this.#offs.push(world.on(type, (event) => mine(event) && act(event)));
    on("message", ({ message }) => this.#arrived(message));
    on("edit", ({ message }) => { this.timeline.change(message); this.pins.change(message); });
    on("delete", (event) => this.timeline.remove(event.ephemeral_message_id ? `e${event.ephemeral_message_id}` : `m${event.message_id}`));
    on("reaction", ({ message_id, reactions }) => this.timeline.amend(`m${message_id}`, (message) => (message.sandbox = { ...message.sandbox, reactions })));
    on("pin", () => void this.#aside().then(({ chat: card }) => this.pins.set(card.pinned ?? [])));
    on("pressed", (event) => this.deeds.pressed(event));
    on("typing", (event) => this.typing.hear(event));
    on("member", () => this.#membership());
    on("chat", () => this.#chatChanged());
    this.#offs.push(world.on("poll", ({ poll }) => this.#poll(poll)), world.on("commands", () => void this.#aside().then(({ commands }) => this.composer.setCommands(commands ?? []))),
      world.on("answer", (event) => this.#answered(event)), world.on("world", () => void this.load()));
  }

  destroy() {
    this.#offs.forEach((off) => off());
    this.timeline.destroy();
    this.typing.destroy();
  }

  async load() {
    this.timeline.await();
    try {
      const loaded = await get(`/chats/${this.view.chat.id}`, { person_id: this.view.person, limit: 100 });
      this.timeline.adopt(loaded.messages, this.column.takeUnread());
      this.composer.setCommands(loaded.commands ?? []);
      await this.pins.set(loaded.chat?.pinned ?? []);
    } catch (problem) {
      this.timeline.adopt([]);
      this.column.say(problem.message, "error");
    }
    this.#keyboard();
    this.#drawFoot();
  }

  /** The chat's card and commands anew, without its messages. */
  #aside() {
    return get(`/chats/${this.view.chat.id}`, { person_id: this.view.person, limit: 1 });
  }

  #arrived(message) {
    this.typing.stop(senderOf(message).id);
    this.timeline.put(message);
    if (message.sandbox?.keyboard) this.#keyboard();
    if (this.view.chat.type === "private") this.#drawFoot();
  }

  #poll(poll) {
    this.timeline.each((message, key) => message.poll?.id === poll.id && this.timeline.amend(key, (known) => (known.poll = { ...known.poll, ...poll })));
  }

  #answered({ person_id, chat_id, text, show_alert }) {
    if (person_id !== this.view.person || !text || (chat_id && chat_id !== this.view.chat.id)) return;
    if (show_alert) alertBox(this.view.chat.bot?.name ?? this.world.bot()?.name ?? t("bot"), text);
    else this.column.say(text);
  }

  #membership() {
    this.column.drawHeader();
    this.#drawFoot();
  }

  #chatChanged() {
    this.view.chat = this.world.chat(this.view.chat.id) ?? this.view.chat;
    this.topics.draw();
    this.#membership();
  }

  // The last keyboard a bot showed this person stays until it is taken away or used up.
  #keyboard() {
    const message = this.timeline.last((one) => one.sandbox?.keyboard && this.#isFor(one));
    const markup = message?.sandbox.keyboard;
    this.composer.setKeyboard(markup?.keyboard ? replyKeyboard(markup, (text) => void this.deeds.say(text, null)) : null);
    if (markup?.force_reply && this.timeline.last(() => true) === message) this.composer.replyTo(message);
  }

  #isFor(message) {
    if (!message.sandbox.keyboard.selective) return true;
    const target = message.reply_to_message?.from?.id;
    return target === this.view.person || (message.entities ?? []).some((entity) => entity.user?.id === this.view.person);
  }

  #drawFoot() {
    const node = this.#footNode();
    if (this.foot.firstChild !== node) this.foot.replaceChildren(node);
  }

  #footNode() {
    const { chat, person } = this.view;
    if (!this.world.isMember(person, chat.id)) return this.#wide(t("join"), () => this.deeds.join());
    if (chat.type === "channel" && !this.world.isAdmin(person, chat.id)) return el("p.reading", {}, icon("lock"), t("channel_reads"));
    const fresh = chat.type === "private" && !this.timeline.last((message) => message.message_id > 0);
    return fresh ? this.#wide(t("start"), () => this.deeds.start()) : this.composer.node;
  }

  #wide(label, onclick) {
    return el("button.primary.wide", { type: "button", onclick }, label);
  }

  redraw(message) {
    this.timeline.redraw(message);
  }

  busyKey(message) {
    return keyOf(message);
  }

  describe(message) {
    return glimpse(message);
  }
}

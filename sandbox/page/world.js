// What the page knows of the pretend world. Only `receive` and `adopt` change it; whoever shows it listens.

import { get } from "./api.js";

const KEEP = 300;

export class World {
  #listeners = new Map();
  calls = [];
  updates = [];

  static async load() {
    const world = new World();
    const [state, log] = await Promise.all([get("/state"), get("/log", { limit: KEEP })]);
    world.adopt(state);
    for (const list of ["calls", "updates"]) world[list] = log[list].filter(({ seq }) => seq <= state.seq);
    return world;
  }

  adopt(state) {
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.bots = new Map(state.bots.map((bot) => [bot.id, bot]));
    this.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
    this.faults = state.faults ?? [];
    this.limits = { per_second: 30, per_group_per_minute: 20, ...state.limits };
    this.seq = state.seq;
    this.#setNow(state.now);
  }

  async refresh() {
    this.adopt(await get("/state"));
    this.emit("world", {});
  }

  /** The platform's time in unix seconds; it may run ahead of the machine's. */
  now() {
    return Date.now() / 1000 + this.offset;
  }

  #setNow(now) {
    this.offset = now - Date.now() / 1000;
  }

  on(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
    return () => this.#listeners.get(type).delete(listener);
  }

  emit(type, detail) {
    for (const listener of this.#listeners.get(type) ?? []) listener(detail);
  }

  /** An event that the state already held is dropped: windows that share a stream stand at different places in it. */
  receive(event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    this.#apply(event);
    this.emit(event.type, event);
  }

  #apply(event) {
    const apply = {
      person: () => this.people.set(event.person.id, { ...this.people.get(event.person.id), ...event.person }),
      chat: () => this.chats.set(event.chat.id, { ...this.chats.get(event.chat.id), ...event.chat }),
      member: () => this.#member(event),
      clock: () => this.#setNow(event.now),
      fault: () => (this.faults = event.faults),
      migrated: () => void this.refresh().then(() => this.emit("moved", event)),
      call: () => this.#remember(this.calls, event),
      update: () => this.#remember(this.updates, event),
    }[event.type];
    apply?.();
  }

  #remember(list, event) {
    list.push(event);
    if (list.length > KEEP) list.splice(0, list.length - KEEP);
    if (event.bot_id && !this.bots.has(event.bot_id)) void this.refresh();
  }

  #member({ chat_id, person_id, status }) {
    const chat = this.chats.get(chat_id);
    if (!chat) return;
    const inside = ["member", "administrator", "creator", "restricted"].includes(status);
    const put = (list = [], wanted) => (wanted === list.includes(person_id) ? list : wanted ? [...list, person_id] : list.filter((id) => id !== person_id));
    if (this.bots.has(person_id)) chat.bots = put(chat.bots, inside);
    else chat.members = put(chat.members, inside);
    chat.admins = put(chat.admins, ["administrator", "creator"].includes(status));
  }

  bot(id) {
    return id === undefined ? this.bots.values().next().value : this.bots.get(id);
  }

  botNamed(username) {
    const name = username.toLowerCase();
    return [...this.bots.values()].find((bot) => bot.username?.toLowerCase() === name);
  }

  chatNamed(username) {
    const name = username.toLowerCase();
    return [...this.chats.values()].find((chat) => chat.username?.toLowerCase() === name);
  }

  /** A chat as a person addresses it: groups by their id, a private chat by its bot's. */
  chat(id) {
    const bot = this.bots.get(id);
    if (bot) return { id, type: "private", title: bot.name ?? bot.first_name ?? bot.username, bot, members: [], pinned: [] };
    return this.chats.get(id);
  }

  isMember(personId, chatId) {
    return this.bots.has(chatId) || Boolean(this.chats.get(chatId)?.members.includes(personId));
  }

  isAdmin(personId, chatId) {
    return Boolean(this.chats.get(chatId)?.admins?.includes(personId));
  }

  chatsOf(personId) {
    const groups = [...this.chats.values()].filter((chat) => chat.type !== "private");
    const mine = groups.filter((chat) => chat.members.includes(personId));
    const others = groups.filter((chat) => !chat.members.includes(personId));
    return { mine, bots: [...this.bots.keys()].map((id) => this.chat(id)), others };
  }
}

export const nameOf = (person) =>
  person ? person.name ?? [person.first_name, person.last_name].filter(Boolean).join(" ") : "?";

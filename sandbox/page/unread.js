// How many messages a person has not seen in a chat, counted from when this page was opened.

const key = (person, chat) => `${person}:${chat}`;

export class Unread {
  #counts = new Map();
  #open = new Map();
  #listeners = new Set();

  constructor(world) {
    this.world = world;
    world.on("message", (event) => this.#count(event));
  }

  onchange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  of(person, chat) {
    return this.#counts.get(key(person, chat)) ?? 0;
  }

  /** What a person has unread in other chats than the given one. */
  beside(person, chat) {
    let sum = 0;
    for (const [name, count] of this.#counts) if (name.startsWith(`${person}:`) && name !== key(person, chat)) sum += count;
    return sum;
  }

  /** While a chat is open on the screen its messages count as seen. */
  open(person, chat) {
    const name = key(person, chat);
    this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
    this.set(person, chat, 0);
    return () => this.#open.set(name, this.#open.get(name) - 1);
  }

  set(person, chat, count) {
    this.#counts.set(key(person, chat), count);
    for (const listener of this.#listeners) listener(person, chat);
  }

  #count({ chat_id, person_id, message }) {
    const hidden = message.sandbox?.ephemeral_for;
    const readers = person_id ? [person_id] : this.world.chats.get(chat_id)?.members ?? [];
    for (const reader of readers) {
      if (reader === message.from?.id || (hidden && hidden !== reader)) continue;
      if (this.#open.get(key(reader, chat_id)) > 0) continue;
      this.set(reader, chat_id, this.of(reader, chat_id) + 1);
    }
  }
}

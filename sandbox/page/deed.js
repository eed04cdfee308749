// What a person does in a chat, each deed one call of the people's side; refusals become a toast.

import { post } from "./api.js";
import { keyOf, senderOf } from "./bubble.js";
import { el } from "./element.js";
import { place } from "./menu.js";
import { clockText } from "./time.js";
import { follow } from "./link.js";
import { shareBox } from "./share.js";
import { t } from "./words.js";

export class Deeds {
  constructor(chat) {
    this.chat = chat;
    this.view = chat.view;
    this.column = chat.column;
    this.world = chat.world;
  }

  get #who() {
    return { chat_id: this.view.chat.id, person_id: this.view.person };
  }

  // Ephemeral messages have numbers of their own; message_id alone would name another message.
  #what(message) {
    const own = message.ephemeral_message_id ? { ephemeral_message_id: message.ephemeral_message_id } : {};
    return { ...this.#who, message_id: message.message_id, ...own };
  }

  async #do(path, body) {
    try {
      return (await post(path, body)) ?? true;
    } catch (problem) {
      this.column.say(problem.message, "error");
      return null;
    }
  }

  async say(text, reply) {
    const topic = this.chat.topics.current;
    const body = { ...this.#who, text, reply_to: reply?.message_id || undefined, message_thread_id: topic ?? undefined };
    if (this.column.anonymous) body.anonymous = true;
    const sent = await this.#do("/say", body);
    if (sent) this.chat.timeline.scrollToEnd();
    return sent;
  }

  edit(message, text) {
    return this.#do("/edit", { ...this.#what(message), text });
  }

  delete(message) {
    return this.#do("/delete", this.#what(message));
  }

  react(message, emoji) {
    return this.#do("/react", { ...this.#what(message), emoji: emoji ?? "" });
  }

  start(payload) {
    return this.#do("/start", { person_id: this.view.person, bot_id: this.view.chat.id, payload });
  }

  join() {
    return this.#do("/join", this.#who);
  }

  async upload(files, caption, reply) {
    const album = files.length > 1 ? `album-${Date.now()}` : undefined;
    for (const [index, file] of files.entries()) {
      const kind = file.type.startsWith("image/") ? "/photo" : "/document";
      const body = { ...this.#who, name: file.name, mime_type: file.type, bytes: await base64(file), caption: index ? undefined : caption, album, reply_to: reply?.message_id || undefined };
      if (!(await this.#do(kind, { ...body, message_thread_id: this.chat.topics.current ?? undefined }))) return false;
    }
    return true;
  }

  lastOwn() {
    return this.chat.timeline.last((message) => senderOf(message).id === this.view.person && (message.text || message.caption));
  }

  typing() {
    this.chat.typing.tell();
  }

  async jump(message) {
    if (!(await this.chat.timeline.jump(message))) this.column.say(t("not_here"), "note");
  }

  press(message, button, key) {
    if (button.disabled) return undefined;
    const address = button.url ?? button.login_url?.url ?? button.web_app?.url;
    if (address) return this.#visit(address);
    if (button.copy_text) return this.#copy(button.copy_text.text);
    if (button.pay) return this.pay(message);
    const query = button.switch_inline_query_current_chat ?? button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
    if (query !== undefined) return this.#inline(button, query);
    return this.#tap(message, button, key);
  }

  #visit(address) {
    if (!follow(address, this.column)) window.open(address, "_blank", "noopener,noreferrer");
  }

  async #copy(text) {
    await navigator.clipboard.writeText(text).catch(() => {});
    this.column.say(t("copied", { text }), "note");
  }

  #inline(button, query) {
    const text = `@${this.world.bot()?.username ?? ""} ${query}`;
    if (button.switch_inline_query_current_chat !== undefined) this.chat.composer.insert(text);
    else shareBox(this.column, text);
  }

  // The spinner stays until the bot has answered; the answer's words come with the event stream, to every window.
  async #tap(message, button, key) {
    const place = keyOf(message);
    const waiting = this.view.busy.get(place) ?? new Set();
    if (waiting.has(key)) return;
    this.view.busy.set(place, waiting.add(key));
    this.chat.timeline.amend(place, () => {});
    const result = await this.#do("/tap", { ...this.#what(message), button: button.callback_data ?? button.text });
    waiting.delete(key);
    this.chat.timeline.amend(place, () => {});
    if (result?.timeout) this.column.say(t("no_answer"), "note");
    if (result?.url) this.#visit(result.url);
  }

  /** Somebody pressed for this person elsewhere: another window, a script. */
  pressed({ person_id, message_id, button }) {
    if (person_id !== this.view.person) return;
    const place = `m${message_id}`;
    const pressed = this.view.find(place)?.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === button);
    const key = `key-${pressed?.callback_data}`;
    if (!pressed || this.view.busy.get(place)?.size) return;
    this.chat.timeline.amend(place, () => this.view.busy.set(place, new Set([key])));
    setTimeout(() => this.chat.timeline.amend(place, () => this.view.busy.get(place)?.delete(key)), 400);
  }

  async vote(message, options) {
    const done = await this.#do("/vote", { ...this.#what(message), options });
    if (!done) return;
    this.chat.timeline.amend(keyOf(message), () => this.view.voted.set(keyOf(message), options));
  }

  votes(message) {
    return this.view.voted.get(keyOf(message)) ?? message.sandbox?.votes?.[this.view.person] ?? [];
  }

  async pay(message) {
    const done = await this.#do("/pay", this.#what(message));
    if (done?.paid === false) return this.column.say(t("not_paid", { why: done.error }), "error");
    if (done) this.chat.timeline.amend(keyOf(message), (known) => (known.sandbox = { ...known.sandbox, paid_by: [this.view.person] }));
    return undefined;
  }

  refuse(message) {
    void this.#do("/pay", { ...this.#what(message), refuse: true });
    this.view.refused.add(keyOf(message));
    this.chat.timeline.amend(keyOf(message), () => {});
  }

  payment(message) {
    if (message.sandbox?.paid_by?.includes(this.view.person)) return "paid";
    return this.view.refused.has(keyOf(message)) ? "refused" : null;
  }

  /** The earlier wordings of an edited message. */
  history(message, anchor) {
    const box = el("div.menu.history", { popover: "auto", tabindex: -1, role: "dialog", "aria-label": t("history") },
      el("strong", {}, t("history")),
      el("ol", {}, (message.sandbox?.history ?? []).map(({ date, text }) => el("li", {}, el("time", {}, clockText(date)), el("p", {}, text ?? "")))));
    place(box, anchor);
    box.focus();
  }
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

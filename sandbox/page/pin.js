// The bar on top of a chat that shows what is pinned; a click walks through the pins.

import { get } from "./api.js";
import { el, show } from "./element.js";
import { icon } from "./icon.js";
import { glimpse } from "./service.js";
import { t } from "./words.js";

export class PinBar {
  #pins = [];
  #at = 0;
  #fresh = new Map();

  constructor(view, jump) {
    this.view = view;
    this.text = el("span.pin-text", {});
    this.title = el("strong", {}, t("pinned"));
    this.node = el("button.pin-bar", { type: "button", hidden: true, onclick: () => this.#next(jump) }, icon("pin"), el("span.pin-words", {}, this.title, this.text));
  }

  async set(ids) {
    const wanted = [...ids];
    this.#fresh.clear(); // what changes from here on is newer than what the look-ups bring
    const pins = await Promise.all(wanted.map((id) => this.#find(id)));
    this.#pins = pins.filter(Boolean).map((pin) => this.#fresh.get(pin.message_id) ?? pin);
    this.#at = this.#pins.length - 1;
    this.draw();
  }

  async #find(id) {
    const known = this.view.find(`m${id}`);
    if (known) return known;
    const { messages } = await get(`/chats/${this.view.chat.id}`, { person_id: this.view.person, before: id + 1, limit: 1 });
    return messages.find((message) => message.message_id === id);
  }

  /** A pinned message changed; it may stand far above what is loaded. */
  change(message) {
    this.#fresh.set(message.message_id, message);
    this.#pins = this.#pins.map((pin) => (pin.message_id === message.message_id ? message : pin));
    this.draw();
  }

  draw() {
    const pin = this.#pins[this.#at];
    show(this.node, Boolean(pin));
    if (!pin) return;
    const many = this.#pins.length > 1 ? ` ${this.#at + 1}/${this.#pins.length}` : "";
    this.title.textContent = t("pinned") + many;
    this.text.textContent = glimpse(this.view.find(`m${pin.message_id}`) ?? pin);
  }

  #next(jump) {
    const pin = this.#pins[this.#at];
    this.#at = (this.#at - 1 + this.#pins.length) % this.#pins.length;
    jump(pin);
    this.draw();
  }
}

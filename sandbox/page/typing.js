// Who is writing: bots say so by sendChatAction, people by the keys they press.

import { post } from "./api.js";
import { el } from "./element.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

const LASTS = 5000;
const AGAIN = 3000;

export class Typing {
  #writers = new Map();
  #told = 0;

  constructor(world, view) {
    this.world = world;
    this.view = view;
    this.text = el("span", {});
    this.node = el("div.typing", { "aria-live": "off" }, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), this.text);
    this.#draw();
  }

  destroy() {
    this.#writers.forEach(clearTimeout);
  }

  /** This person has pressed a key; one word about it every few seconds is enough. */
  tell() {
    const { chat, person } = this.view;
    if (chat.type === "private" || Date.now() - this.#told < AGAIN) return;
    this.#told = Date.now();
    post("/typing", { chat_id: chat.id, person_id: person }).catch(() => {});
  }

  hear({ who, action }) {
    if (who === this.view.person) return;
    clearTimeout(this.#writers.get(who));
    if (action === "cancel") return this.stop(who);
    this.#writers.set(who, setTimeout(() => this.stop(who), LASTS));
    this.#draw();
  }

  stop(who) {
    clearTimeout(this.#writers.get(who));
    if (this.#writers.delete(who)) this.#draw();
  }

  #draw() {
    const names = [...this.#writers.keys()].map((id) => nameOf(this.world.people.get(id) ?? this.world.bots.get(id)));
    this.node.classList.toggle("on", names.length > 0);
    this.text.textContent = names.length ? t("typing", { who: names.slice(0, 3).join(", "), n: names.length }) : "";
  }
}

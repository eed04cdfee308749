// Who is writing: bots say so through the platform, the people of this browser through a channel of its own.

import { el } from "./element.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

const LASTS = 5000;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("tuan-typing") : null;
const here = new Set();

channel?.addEventListener("message", ({ data }) => here.forEach((typing) => typing.hear(data)));

export class Typing {
  #writers = new Map();
  #told = 0;

  constructor(world, view) {
    this.world = world;
    this.view = view;
    this.text = el("span", {});
    this.node = el("div.typing", { "aria-live": "off" }, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), this.text);
    here.add(this);
    this.#draw();
  }

  destroy() {
    here.delete(this);
    this.#writers.forEach(clearTimeout);
  }

  /** This person has pressed a key; at most one word about it every two seconds. */
  tell() {
    const { chat, person } = this.view;
    if (chat.type === "private" || Date.now() - this.#told < 2000) return;
    this.#told = Date.now();
    const word = { chat_id: chat.id, who: person, action: "typing" };
    here.forEach((typing) => typing.hear(word));
    channel?.postMessage(word);
  }

  hear({ chat_id, who, action }) {
    const id = typeof who === "object" ? who.id : who;
    if (chat_id !== this.view.chat.id || id === this.view.person) return;
    clearTimeout(this.#writers.get(id));
    if (action === "cancel") return this.stop(id);
    this.#writers.set(id, setTimeout(() => this.stop(id), LASTS));
    this.#draw();
  }

  stop(id) {
    clearTimeout(this.#writers.get(id));
    if (this.#writers.delete(id)) this.#draw();
  }

  #draw() {
    const names = [...this.#writers.keys()].map((id) => nameOf(this.world.people.get(id) ?? this.world.bots.get(id)));
    this.node.classList.toggle("on", names.length > 0);
    this.text.textContent = names.length ? t("typing", { who: names.slice(0, 3).join(", "), n: names.length }) : "";
  }
}

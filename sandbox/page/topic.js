// The topics of a forum as a row of chips; the chosen one decides what is shown and where one writes.

import { el, show } from "./element.js";
import { t } from "./words.js";

export class Topics {
  current = null;

  constructor(view, changed) {
    this.view = view;
    this.changed = changed;
    this.node = el("div.topics", { role: "group", "aria-label": t("topics") });
    this.draw();
  }

  draw() {
    const { chat } = this.view;
    show(this.node, Boolean(chat.is_forum));
    if (!chat.is_forum) return;
    const all = [{ id: null, name: t("all") }, ...(chat.topics ?? [])];
    this.node.replaceChildren(...all.map(({ id, name }) =>
      el("button.chip", { type: "button", "aria-pressed": String(id === this.current), onclick: () => this.#choose(id) }, name)));
  }

  #choose(id) {
    this.current = id;
    this.draw();
    this.changed();
  }

  wants(message) {
    return this.current === null || (message.message_thread_id ?? 1) === this.current;
  }
}

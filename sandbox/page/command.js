// The commands a bot registered for this person here, shown while a / is being typed.

import { el, uid } from "./element.js";
import { t } from "./words.js";

export class CommandList {
  id = uid("commands");
  open = false;
  #all = [];
  #shown = [];
  #at = 0;

  constructor(choose) {
    this.choose = choose;
    this.node = el("ul.commands", { id: this.id, role: "listbox", "aria-label": t("commands"), hidden: true });
  }

  set(commands) {
    this.#all = commands;
    if (this.open) this.filter("");
  }

  filter(start) {
    this.#shown = this.#all.filter(({ command }) => command.startsWith(start.toLowerCase()));
    this.#at = 0;
    this.open = this.#shown.length > 0;
    this.node.hidden = !this.open;
    this.#draw();
  }

  close() {
    this.open = false;
    this.node.hidden = true;
  }

  /** True where the key meant the list. */
  key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) this.#at = (this.#at + step + this.#shown.length) % this.#shown.length;
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || event.key === "Enter") this.#pick(this.#at);
    else return false;
    this.#draw();
    return true;
  }

  #pick(index) {
    this.close();
    this.choose(this.#shown[index].target ?? this.#shown[index].command);
  }

  #draw() {
    this.node.replaceChildren(...this.#shown.map(({ command, description }, index) =>
      el("li", { role: "option", "aria-selected": String(index === this.#at), onclick: () => this.#pick(index) },
        el("strong", {}, `/${command}`), el("span", {}, description))));
    this.node.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }
}

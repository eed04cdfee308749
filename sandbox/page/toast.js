// Short words over a chat: what a bot answered to a tap, or what did not work. Read out politely.

import { el } from "./element.js";

const STAY = 4200;

export class Toasts {
  node = el("div.toasts", { role: "status", "aria-live": "polite" });

  /** `kind`: answer (a bot's words), note (the page's), error (a refusal). */
  say(text, kind = "answer") {
    const toast = el(`button.toast.${kind}`, { type: "button", onclick: () => toast.remove() }, text);
    this.node.append(toast);
    while (this.node.children.length > 3) this.node.firstChild.remove();
    setTimeout(() => toast.remove(), STAY + text.length * 40);
  }
}

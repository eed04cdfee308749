// The small button beside the message under the pointer or the focus, its menu, and the keys that do the same.

import { senderOf } from "./bubble.js";
import { el } from "./element.js";
import { icon } from "./icon.js";
import { openMenu, place } from "./menu.js";
import { t } from "./words.js";

const EMOJI = ["👍", "❤️", "🔥", "🎉", "😁", "🤔", "👎", "🙏"];

export class ToolBar {
  constructor(chat) {
    this.chat = chat;
    this.message = null;
    this.button = el("button.round.tool", {
      type: "button", tabindex: -1, "aria-label": t("message_tools"), onclick: () => this.#more(this.message, this.button),
    }, icon("more"));
    const { list } = chat.timeline;
    list.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.#attach(event.target));
    list.addEventListener("focusin", (event) => this.#attach(event.target));
    list.addEventListener("dblclick", (event) => this.#double(event));
    list.addEventListener("contextmenu", (event) => this.#context(event));
  }

  #attach(target) {
    const slot = target.closest?.(".message")?.querySelector(".tools");
    if (!slot || slot.firstChild === this.button) return;
    this.message = this.chat.timeline.messageOf(slot);
    slot.append(this.button);
  }

  #double(event) {
    const node = event.target.closest(".bubble");
    if (!node || event.target.closest("button, a, input")) return;
    getSelection().removeAllRanges();
    this.#reply(this.chat.timeline.messageOf(node));
  }

  #context(event) {
    const node = event.target.closest(".message");
    if (!node || event.target.closest("a")) return;
    event.preventDefault();
    this.#more(this.chat.timeline.messageOf(node), node.querySelector(".bubble"));
  }

  /** Enter or r replies, e edits, x or + reacts, Delete deletes, the menu key opens the rest. */
  key(event, message) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const anchor = document.activeElement;
    const act = {
      Enter: () => this.#reply(message), r: () => this.#reply(message), e: () => this.#own(message) && this.chat.composer.edit(message),
      x: () => this.#react(message, anchor), "+": () => this.#react(message, anchor), ContextMenu: () => this.#more(message, anchor),
      Delete: () => this.#mayDelete(message) && this.chat.deeds.delete(message), Escape: () => this.chat.composer.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #own(message) {
    return senderOf(message).id === this.chat.view.person && (message.text || message.caption);
  }

  #mayDelete(message) {
    const { person, chat, world } = this.chat.view;
    return senderOf(message).id === person || chat.type === "private" || world.isAdmin(person, chat.id);
  }

  #reply(message) {
    this.chat.composer.replyTo(message);
  }

  #react(message, anchor) {
    const box = el("div.menu.emoji", { popover: "auto", role: "group", "aria-label": t("react") }, this.#emoji(message, () => box.hidePopover()));
    place(box, anchor);
    box.querySelector("button").focus();
  }

  #emoji(message, done) {
    const mine = (message.sandbox?.reactions ?? []).find(({ by }) => by?.includes(this.chat.view.person))?.emoji;
    const pick = (emoji) => {
      done();
      void this.chat.deeds.react(message, emoji === mine ? null : emoji);
    };
    return el("div.emoji-row", {}, EMOJI.map((emoji) => el("button", {
      type: "button", "aria-pressed": String(emoji === mine), "aria-label": t("react_with", { emoji }), onclick: () => pick(emoji),
    }, emoji)));
  }

  #more(message, anchor) {
    const { deeds, composer, column } = this.chat;
    const text = message.text ?? message.caption;
    const copy = () => navigator.clipboard.writeText(text).then(() => column.say(t("copied", { text: "" }), "note"), () => {});
    openMenu(anchor, [
      { label: t("reply"), icon: "reply", run: () => this.#reply(message) },
      message.message_id > 0 ? { label: t("react"), icon: "smile", run: () => this.#react(message, anchor) } : false,
      this.#own(message) ? { label: t("edit"), icon: "edit", run: () => composer.edit(message) } : false,
      text ? { label: t("copy"), icon: "copy", run: () => void copy() } : false,
      this.#mayDelete(message) ? { label: t("delete"), icon: "trash", danger: true, run: () => void deeds.delete(message) } : false,
    ], t("message_tools"));
  }
}

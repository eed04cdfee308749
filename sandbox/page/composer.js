// Where a person writes: text, commands, replies, edits, photos and files. Enter sends, Shift+Enter breaks the line.

import { CommandList } from "./command.js";
import { el, show, uid } from "./element.js";
import { icon } from "./icon.js";
import { InlineOffers } from "./inline.js";
import { senderOf } from "./bubble.js";
import { glimpse } from "./service.js";
import { t } from "./words.js";

const drafts = new Map();

export class Composer {
  reply = null;
  editing = null;

  /** acts: {say(text, reply), edit(message, text), upload(files, caption), lastOwn(), typing()}. */
  constructor(view, acts) {
    this.view = view;
    this.acts = acts;
    this.key = `${view.person}:${view.chat.id}`;
    this.commands = new CommandList((command) => this.#command(command));
    this.offers = new InlineOffers(view, () => this.insert(""));
    this.#build();
    this.#restore();
  }

  #build() {
    const id = uid("words");
    this.words = el("textarea", {
      id, rows: 1, enterkeyhint: "send", autocomplete: "off", "aria-label": t("write_as", { who: this.view.name }), placeholder: t("write"),
      "aria-controls": this.commands.id, "aria-autocomplete": "list",
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event), onpaste: (event) => this.#paste(event),
    });
    this.file = el("input", { type: "file", multiple: true, hidden: true, tabindex: -1, "aria-hidden": "true", onchange: () => this.#upload(this.file.files) });
    this.menu = el("button.round.quiet", { type: "button", "aria-label": t("commands"), hidden: true, onclick: () => this.toggleCommands() }, icon("menu"));
    const clip = el("button.round.quiet", { type: "button", "aria-label": t("attach"), onclick: () => this.file.click() }, icon("clip"));
    this.sendButton = el("button.round.send", { type: "submit", "aria-label": t("send") }, icon("send"));
    this.note = el("div.reply-note", { hidden: true });
    this.keys = el("div.keys-slot", {});
    this.form = el("form.composer", { onsubmit: (event) => { event.preventDefault(); void this.#send(); } },
      el("div.writing", {}, this.menu, this.words, clip, this.file), this.sendButton);
    this.node = el("div.composer-frame", { ondragover: (event) => event.preventDefault(), ondrop: (event) => this.#drop(event) },
      this.commands.node, this.offers.node, this.note, this.form, this.keys);
  }

  #restore() {
    this.words.value = drafts.get(this.key) ?? "";
    this.#size();
  }

  setCommands(commands) {
    this.commands.set(commands);
    show(this.menu, commands.length > 0);
  }

  toggleCommands() {
    if (this.commands.open) return this.commands.close();
    this.commands.filter("");
    return this.words.focus();
  }

  setKeyboard(node) {
    this.keys.replaceChildren(...(node ? [node] : []));
  }

  focus() {
    this.words.focus();
  }

  insert(text) {
    this.words.value = text;
    this.#changed();
    this.focus();
  }

  replyTo(message) {
    this.editing = null;
    this.reply = message;
    this.#showNote("reply", senderOf(message).name, glimpse(message));
    this.focus();
  }

  edit(message) {
    this.reply = null;
    this.editing = message;
    this.#showNote("edit", t("editing"), glimpse(message));
    this.words.value = message.text ?? message.caption ?? "";
    this.#size();
    this.focus();
  }

  #showNote(sign, title, text) {
    const drop = el("button.round.quiet", { type: "button", "aria-label": t("cancel"), onclick: () => this.#dropNote() }, icon("close"));
    this.note.replaceChildren(icon(sign), el("div", {}, el("strong", {}, title), el("span", {}, text)), drop);
    show(this.note, true);
  }

  #dropNote() {
    if (this.editing) this.words.value = "";
    this.reply = this.editing = null;
    show(this.note, false);
    this.#size();
    this.focus();
  }

  #changed() {
    drafts.set(this.key, this.words.value);
    this.#size();
    const typed = /^\/\w*$/.exec(this.words.value);
    if (typed) this.commands.filter(typed[0].slice(1));
    else this.commands.close();
    this.offers.typed(this.words.value);
    if (this.words.value) this.acts.typing();
  }

  #size() {
    this.form.classList.toggle("filled", this.words.value.trim() !== "");
    if (CSS.supports("field-sizing", "content")) return;
    this.words.style.height = "auto";
    this.words.style.height = `${Math.min(this.words.scrollHeight, 140)}px`;
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.commands.open && this.commands.key(event)) return void event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.#send();
    } else if (event.key === "ArrowUp" && !this.words.value) {
      const last = this.acts.lastOwn();
      if (last) event.preventDefault(), this.edit(last);
    } else if (event.key === "Escape" && !this.offers.node.hidden) {
      this.offers.close();
    } else if (event.key === "Escape" && (this.reply || this.editing)) {
      event.stopPropagation();
      this.#dropNote();
    }
  }

  #command(command) {
    this.words.value = `/${command}`;
    void this.#send();
  }

  async #send() {
    const text = this.words.value.trim();
    if (!text) return;
    const { reply, editing } = this;
    const sent = editing ? await this.acts.edit(editing, text) : await this.acts.say(text, reply);
    if (!sent) return;
    drafts.delete(this.key);
    this.words.value = "";
    this.commands.close();
    this.#dropNote();
  }

  async #upload(files) {
    if (files.length && (await this.acts.upload([...files], this.words.value.trim(), this.reply))) this.insert("");
    this.file.value = "";
  }

  #paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    void this.#upload(files);
  }

  #drop(event) {
    event.preventDefault();
    void this.#upload([...event.dataTransfer.files]);
  }
}

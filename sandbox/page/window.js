// The window: the top bar, the columns side by side (one at a time on a phone), the inspector.

import { avatar } from "./avatar.js";
import { Column } from "./column.js";
import { el, show } from "./element.js";
import { clockMenu, worldMenu } from "./hand.js";
import { icon } from "./icon.js";
import { Inspector } from "./inspector.js";
import { keepColumns, openColumns, read, write } from "./setting.js";
import { clockShort, clockText } from "./time.js";
import { Toasts } from "./toast.js";
import { Unread } from "./unread.js";
import { chooseLanguage, language, t } from "./words.js";
import { nameOf } from "./world.js";

export class Window {
  columns = [];

  constructor(root, world) {
    this.root = root;
    this.world = world;
    this.unread = new Unread(world);
    this.alone = new URLSearchParams(location.search).has("as");
    for (const type of ["person", "world"]) world.on(type, () => this.drawPeople());
    world.on("clock", () => this.#tick());
    world.on("fault", () => this.#drawFaults());
    world.on("moved", ({ from, to }) => this.#migrated(from, to));
    this.unread.onchange(() => this.#drawSwitcher());
    setInterval(() => this.#tick(), 5000);
  }

  /** Builds everything anew, as at the start and when the language changes. */
  draw(wanted = openColumns(this.world)) {
    document.documentElement.lang = language() === "zh" ? "zh-Hans" : "en";
    this.columns.forEach((column) => column.destroy());
    this.inspector?.destroy();
    this.columns = [];
    this.toasts = new Toasts();
    this.stage = el("main.stage", { "aria-label": t("columns") });
    this.switcher = el("nav.switcher", { "aria-label": t("columns") });
    this.root.replaceChildren(this.#topbar(), this.stage, this.switcher, this.toasts.node);
    this.inspector = null;
    for (const { person, chat } of wanted) this.add(this.world.people.has(person) ? person : this.world.people.keys().next().value, chat, false);
    this.#select(0);
    if (read("inspector") === "open" && innerWidth > 1100) this.toggleInspector();
    this.#tick();
    this.#drawFaults();
  }

  #topbar() {
    const button = (name, sign, run) => {
      const node = el("button.round.quiet", { type: "button", "aria-label": t(name), title: t(name), onclick: () => run(node) }, icon(sign));
      return node;
    };
    this.clock = el("button.clock.quiet", { type: "button", title: t("clock"), onclick: () => clockMenu(this, this.clock) }, icon("clock"), el("span.long", {}), el("span.short", {}));
    this.inspect = button("inspector", "panel", () => this.toggleInspector());
    this.inspect.setAttribute("aria-pressed", "false");
    this.fault = el("span.fault-light", { hidden: true }, icon("bolt"), t("faulty"));
    const add = el("button.add-column", { type: "button", "aria-label": t("add_column"), onclick: () => this.add(this.#nextPerson(), this.columns.at(-1)?.chatId ?? null) }, icon("plus"), el("span", {}, t("column")));
    return el("header.topbar", {}, el("span.mark", { "aria-hidden": "true" }, "团"), el("h1.brand", {}, "Tuan ", el("span", {}, t("sandbox"))),
      this.clock, this.fault, el("span.grow", {}), this.alone ? null : add,
      button("world", "sliders", (node) => worldMenu(this, node)), this.inspect, this.#languageButton(), this.#themeButton());
  }

  #languageButton() {
    const other = language() === "zh" ? "en" : "zh";
    const name = other === "zh" ? "中" : "EN";
    return el("button.round.quiet.language", { type: "button", lang: other, "aria-label": other === "zh" ? "中文" : "English", onclick: () => {
      chooseLanguage(other);
      this.draw(this.columns.map((column) => ({ person: column.person, chat: column.chatId })));
    } }, name);
  }

  #themeButton() {
    const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const node = el("button.round.quiet", { type: "button", "aria-label": t("theme"), title: t("theme"), onclick: () => {
      const theme = dark() ? "light" : "dark";
      document.documentElement.dataset.theme = theme;
      write("theme", theme);
      node.replaceChildren(icon(dark() ? "sun" : "moon"));
    } }, icon(dark() ? "sun" : "moon"));
    return node;
  }

  #nextPerson() {
    const taken = new Set(this.columns.map((column) => column.person));
    return [...this.world.people.keys()].find((id) => !taken.has(id)) ?? this.world.people.keys().next().value;
  }

  add(person, chat, chosen = true) {
    const column = new Column(this, person, chat);
    this.columns.push(column);
    this.stage.append(column.node);
    this.keep();
    if (chosen) this.#select(this.columns.length - 1);
  }

  remove(column) {
    if (this.columns.length === 1) return;
    const at = this.columns.indexOf(column);
    this.columns.splice(at, 1);
    column.destroy();
    this.keep();
    this.#select(Math.max(0, at - 1));
  }

  keep() {
    keepColumns(this.columns.map((column) => [column.person, column.chatId]));
    this.#drawSwitcher();
  }

  #select(at) {
    this.columns.forEach((column, index) => column.node.classList.toggle("current", index === at));
    this.columns[at]?.node.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.#drawSwitcher();
  }

  #drawSwitcher() {
    if (!this.switcher) return;
    show(this.switcher, this.columns.length > 1);
    const held = [...this.switcher.children].indexOf(document.activeElement);
    this.switcher.replaceChildren(...this.columns.map((column, at) => {
      const name = nameOf(this.world.people.get(column.person));
      const unread = this.unread.beside(column.person, column.chatId);
      return el("button.switch", { type: "button", "aria-pressed": String(column.node.classList.contains("current")), onclick: () => this.#select(at) },
        avatar(column.person, name), el("span", {}, name), unread ? el("span.badge", {}, String(unread)) : null);
    }));
    if (held >= 0) this.switcher.children[held]?.focus();
  }

  drawPeople() {
    this.columns.forEach((column) => column.drawPeople());
  }

  say(text, kind) {
    this.toasts.say(text, kind);
  }

  toggleInspector() {
    const open = !this.inspector;
    if (open) {
      this.inspector = new Inspector(this.world, () => this.toggleInspector());
      this.stage.after(this.inspector.node);
    } else {
      this.inspector.destroy();
      this.inspector.node.remove();
      this.inspector = null;
      this.inspect.focus();
    }
    this.root.classList.toggle("inspecting", open);
    this.inspect.setAttribute("aria-pressed", String(open));
    write("inspector", open ? "open" : null);
  }

  #migrated(from, to) {
    this.columns.filter((column) => column.chatId === from).forEach((column) => void column.open(to));
  }

  #drawFaults() {
    if (this.fault) show(this.fault, this.world.faults.length > 0);
  }

  #tick() {
    if (!this.clock) return;
    const text = clockText(this.world.now());
    const [, long, short] = this.clock.children;
    if (long.textContent !== text) {
      long.textContent = text;
      short.textContent = clockShort(this.world.now());
      this.clock.setAttribute("aria-label", `${t("clock")}: ${text}`);
      this.columns.forEach((column) => column.chat?.timeline.renewTimes());
    }
  }
}

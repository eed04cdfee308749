// The narrow panel beside the chats: last calls, updates and errors of the bots, and how much of the rates is used.

import { el } from "./element.js";
import { icon } from "./icon.js";
import { second } from "./time.js";
import { t } from "./words.js";

const SHOWN = 120;
const TABS = ["calls", "updates", "errors"];
const SENDS = /^(send(?!ChatAction)|editMessage|editEphemeral|copy|forward|stopPoll)/i;

export class Inspector {
  #tab = "calls";
  #sends = [];

  constructor(world, close) {
    this.world = world;
    const tabs = el("div.tabs", { role: "tablist", "aria-label": t("inspector"), onkeydown: (event) => this.#arrow(event) },
      TABS.map((tab) => el("button.tab", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "inspector-list", data: { tab }, onclick: () => this.#choose(tab) }, t(tab))));
    this.tabs = tabs;
    this.list = el("ol.log", {});
    this.panel = el("div.log-panel", { id: "inspector-list", role: "tabpanel", tabindex: 0 }, this.list);
    this.second = meter(t("rate_second"), world.limits.per_second);
    this.minute = meter(t("rate_minute"), world.limits.per_group_per_minute);
    const shut = el("button.round.quiet", { type: "button", "aria-label": t("close"), onclick: close }, icon("close"));
    this.node = el("aside.inspector", { "aria-label": t("inspector") },
      el("header.inspector-head", {}, el("h2", {}, t("inspector")), shut),
      el("div.meters", {}, this.second.node, this.minute.node), tabs, this.panel);
    this.offs = [world.on("call", (call) => this.#called(call)), world.on("update", (update) => this.#tab === "updates" && this.#add(updateEntry(update)))];
    this.#sends = world.calls.flatMap((call) => (SENDS.test(call.method) && call.ok ? [{ at: call.t, bot: call.bot_id, chat: String(call.params?.chat_id ?? ""), count: weight(call) }] : []));
    this.timer = setInterval(() => this.#measure(), 1000);
    this.#choose("calls");
  }

  destroy() {
    this.offs.forEach((off) => off());
    clearInterval(this.timer);
  }

  #choose(tab) {
    this.#tab = tab;
    for (const node of this.tabs.children) {
      const chosen = node.dataset.tab === tab;
      node.setAttribute("aria-selected", String(chosen));
      node.tabIndex = chosen ? 0 : -1;
    }
    this.panel.setAttribute("aria-labelledby", `tab-${tab}`);
    const entries = tab === "updates" ? this.world.updates.map(updateEntry) : this.world.calls.filter((call) => tab === "calls" || !call.ok).map(callEntry);
    this.list.replaceChildren(...entries.slice(-SHOWN).reverse());
    if (!entries.length) this.list.append(el("li.log-empty", {}, t(`no_${tab}`)));
  }

  #arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(this.#tab) + step + TABS.length) % TABS.length];
    this.#choose(next);
    this.tabs.querySelector(`[data-tab="${next}"]`).focus();
  }

  #called(call) {
    if (SENDS.test(call.method) && call.ok) this.#sends.push({ at: call.t, bot: call.bot_id, chat: String(call.params?.chat_id ?? ""), count: weight(call) });
    if (this.#tab === "calls" || (this.#tab === "errors" && !call.ok)) this.#add(callEntry(call));
  }

  #add(entry) {
    this.list.querySelector(".log-empty")?.remove();
    this.list.prepend(entry);
    while (this.list.children.length > SHOWN) this.list.lastChild.remove();
  }

  #measure() {
    const now = this.world.now();
    this.#sends = this.#sends.filter(({ at }) => at > now - 60 && at <= now + 1);
    this.second.set(busiest(this.#sends.filter(({ at }) => at > now - 1), ({ bot }) => bot));
    this.minute.set(busiest(this.#sends.filter(({ chat }) => this.#group(chat)), ({ bot, chat }) => `${bot}:${chat}`));
  }

  #group(chat) {
    return ["group", "supergroup"].includes(this.world.chats.get(Number(chat))?.type);
  }
}

// Limits hold for each bot: what is shown is the one nearest to its limit.
function busiest(sends, place) {
  const used = new Map();
  for (const send of sends) used.set(place(send), (used.get(place(send)) ?? 0) + send.count);
  return Math.max(0, ...used.values());
}

// An album and a row of copies count as many messages as they hold.
function weight({ params }) {
  const several = params?.media ?? params?.message_ids;
  if (Array.isArray(several)) return several.length;
  try {
    const read = JSON.parse(several);
    return Array.isArray(read) ? read.length : 1;
  } catch {
    return 1;
  }
}

function meter(label, full) {
  const value = el("output", {}, "0");
  const bar = el("meter", { min: 0, max: full || 100, high: (full || 100) * 0.8, value: 0, "aria-label": label });
  const node = el("div.meter", {}, el("span", {}, label), el("span.meter-value", {}, value, full ? ` / ${full}` : ""), bar);
  const set = (used) => {
    if (value.textContent === String(used)) return;
    value.textContent = String(used);
    bar.value = used;
  };
  return { node, set };
}

function callEntry(call) {
  const details = el("details", { class: call.ok ? "" : "failed" },
    el("summary", {}, el("span.dot", { "aria-label": call.ok ? t("ok") : t("error") , role: "img" }), el("code", {}, call.method),
      el("span.log-side", {}, call.ok ? `${Math.round(call.ms ?? 0)} ms` : String(call.error_code ?? ""))));
  // The parameters are written out only when somebody opens the entry.
  details.addEventListener("toggle", () => details.children.length === 1 && details.append(detail(call)));
  return el("li", {}, details);
}

function detail(call) {
  const shown = { ...(call.description ? { description: call.description } : {}), ...(call.params ?? {}) };
  return el("div.log-detail", {}, el("time", {}, second(call.t ?? 0)), el("pre", { tabindex: 0 }, JSON.stringify(shown, null, 2)));
}

function updateEntry(update) {
  return el("li.update", {}, el("span.dot", { "aria-hidden": "true" }), el("code", {}, update.kind), el("span.log-side", {}, `#${update.update_id}`));
}


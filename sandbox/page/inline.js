// Inline mode: `@bot words` asks that bot, its offers stand above the composer, a click sends one.

import { post } from "./api.js";
import { el, show } from "./element.js";
import { t } from "./words.js";

const PAUSE = 250;

export class InlineOffers {
  #timer = 0;
  #asked = "";

  /** `sent()` is called when an offer went out. */
  constructor(view, sent) {
    this.view = view;
    this.sent = sent;
    this.node = el("div.commands.offers", { role: "group", "aria-label": t("offers"), hidden: true });
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked = "";
    show(this.node, false);
  }

  /** What is in the composer now; asks when it begins with a bot's name. */
  typed(words) {
    const [, name, query] = /^@(\w+)\s(.*)$/s.exec(words) ?? [];
    const bot = name && this.view.world.botNamed(name);
    if (!bot) return this.close();
    if (words === this.#asked) return undefined;
    this.#asked = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(bot, query, words), PAUSE);
    return undefined;
  }

  async #ask(bot, query, words) {
    const who = { person_id: this.view.person, bot_id: bot.id, chat_id: this.view.chat.id };
    const answer = await post("/inline", { ...who, query }).catch((problem) => ({ problem: problem.message }));
    if (this.#asked !== words) return;
    const results = answer.results ?? [];
    const nothing = el("p.offers-none", {}, answer.problem ?? t(answer.timeout ? "no_answer" : "no_offers"));
    this.node.replaceChildren(...(results.length ? results.map((result) => this.#offer(who, answer.query_id, result)) : [nothing]));
    show(this.node, true);
  }

  #offer(who, query_id, result) {
    const choose = async () => {
      await post("/choose", { ...who, query_id, result_id: result.id });
      this.close();
      this.sent();
    };
    return el("button.offer", { type: "button", onclick: () => void choose().catch(() => this.close()) },
      el("strong", {}, result.title ?? result.type), el("span", {}, result.description ?? ""));
  }
}

// Keyboards: inline ones under a message, reply ones above the composer.

import { el } from "./element.js";
import { icon } from "./icon.js";
import { t } from "./words.js";

const SIGNS = { url: "link", login_url: "link", web_app: "window", copy_text: "copy", switch_inline_query: "share", switch_inline_query_chosen_chat: "share", pay: "card" };

/** `busy` is the set of button keys that wait for the bot; `press(button, key)` presses one. */
export function inlineKeyboard(markup, busy, press) {
  const rows = markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  return el("div.keyboard", { role: "group", "aria-label": t("buttons") }, rows.map((row, y) =>
    el("div.keys", {}, row.map((button, x) => inlineKey(button, `${y}.${x}`, busy, press)))));
}

function inlineKey(button, place, busy, press) {
  const sign = Object.keys(SIGNS).find((kind) => button[kind] !== undefined);
  const key = keyOf(button, place);
  const node = el("button.key", {
    type: "button", data: { key, style: button.style ?? "" }, disabled: Boolean(button.disabled),
    "aria-busy": busy.has(key) ? "true" : null, onclick: () => press(button, key),
  }, el("span.key-text", {}, button.text), sign ? icon(SIGNS[sign]) : null, el("span.spinner", { "aria-hidden": "true" }));
  return node;
}

// A button keeps its identity when a card edits itself: what it does names it, its place only where it does nothing.
const keyOf = (button, place) => `key-${button.callback_data ?? button.url ?? place}`;

/** The keyboard a bot put above the composer; `say(text)` types for the person. */
export function replyKeyboard(markup, say) {
  return el("div.reply-keyboard", { role: "group", "aria-label": markup.input_field_placeholder ?? t("buttons") },
    markup.keyboard.map((row) => el("div.keys", {}, row.map((button) => {
      const text = typeof button === "string" ? button : button.text;
      return el("button.key", { type: "button", onclick: () => say(text) }, el("span.key-text", {}, text));
    }))));
}

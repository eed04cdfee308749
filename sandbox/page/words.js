// The page's own words by language; `t` fills {placeholders}. Bots' and people's texts never pass through here.

import { read, write } from "./setting.js";
import en from "./words-en.js";
import zh from "./words-zh.js";

const BOOKS = { en, zh };
let chosen = BOOKS[read("language")] ? read("language") : null;

export const language = () => chosen ?? ((navigator.languages ?? [navigator.language]).find((tag) => BOOKS[tag.slice(0, 2)]) ?? "en").slice(0, 2);

/** The reader's own variety of the page's language, for dates and numbers. */
export const locale = () => (navigator.languages ?? []).find((tag) => tag.startsWith(language())) ?? language();

export function chooseLanguage(tag) {
  chosen = tag;
  write("language", tag);
}

export function t(key, values = {}) {
  const text = BOOKS[language()][key] ?? en[key] ?? key;
  const picked = Array.isArray(text) ? text[values.n === 1 ? 0 : 1] : text;
  return picked.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

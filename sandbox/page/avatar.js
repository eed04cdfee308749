// Coloured initials: the same person has the same colour everywhere.

import { el } from "./element.js";
import { icon } from "./icon.js";

const HUES = 8;

export const hueOf = (id) => Math.abs(Number(id)) % HUES;

export function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  if (!words.length) return "?";
  const first = [...words[0]][0];
  if (/\p{Script=Han}/u.test(first) || words.length === 1) return first.toUpperCase();
  return (first + [...words.at(-1)][0]).toUpperCase();
}

export function avatar(id, name, kind = "person") {
  const face = kind === "bot" ? icon("bot") : initials(name);
  return el(`span.avatar.hue-${hueOf(id)}.${kind}`, { "aria-hidden": "true" }, face);
}

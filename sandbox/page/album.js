// Photos and files sent together: one bubble, drawn from its first message; the others are parts of it.

import { keyOf } from "./bubble.js";

const together = (parts) => ({ ...parts[0], ...captioned(parts), album: parts });

const captioned = (parts) => {
  const { caption, caption_entities } = parts.find((part) => part.caption) ?? {};
  return { caption, caption_entities };
};

function bare(message) {
  const { album, ...rest } = message;
  return rest;
}

/** The album's message with a part added, or with that part's newer state. */
export function withPart(head, message) {
  const parts = head.album ?? [head];
  const known = parts.some((part) => keyOf(part) === keyOf(message));
  return together(known ? parts.map((part) => (keyOf(part) === keyOf(message) ? bare(message) : part)) : [...parts, bare(message)]);
}

/** The album's message without a part, or null where that was the last one. */
export function withoutPart(head, key) {
  const parts = (head.album ?? [head]).filter((part) => keyOf(part) !== key);
  return parts.length ? together(parts) : null;
}

// Where the keyboard is, and how much a reader wants to see move.

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** After `old` was drawn anew as `fresh`: the focus goes back to what it was on, by its key. */
export function restoreFocus(fresh, held, old) {
  if (held === old) return fresh.focus({ preventScroll: true });
  const key = held.dataset.key;
  const twin = key && [...fresh.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  return (twin ?? fresh).focus({ preventScroll: true });
}

// Elements without markup: everything that comes from people or bots enters the page as text nodes.

/** el("div.bubble.own", {role: "article", onclick: f, data: {id: 1}}, "text", child, null) */
export function el(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "style") Object.entries(value).forEach(([key, part]) => node.style.setProperty(key, part));
  else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

/** Shows or hides without layout surprises; `hidden` also takes it from screen readers. */
export function show(node, visible) {
  node.hidden = !visible;
}

let lastId = 0;
/** An id unique in this page, for labels and descriptions. */
export const uid = (name) => `${name}-${++lastId}`;

// Dialogs: the alert a bot answers a tap with, short forms, and choices. The browser's own <dialog> keeps the focus.

import { el, uid } from "./element.js";
import { t } from "./words.js";

function open(title, content, onclose, kind = "dialog") {
  const id = uid("title");
  const box = el(`dialog.sheet.${kind}`, { "aria-labelledby": id }, el("h2", { id }, title), content);
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => {
    box.remove();
    onclose?.(box.returnValue);
  });
  document.body.append(box);
  box.showModal();
  return box;
}

/** What a bot says with show_alert; Enter and Escape both close it. */
export function alertBox(from, text) {
  const ok = el("button.primary", { type: "button", autofocus: true, onclick: () => box.close() }, t("ok"));
  const box = open(from, [el("p.alert-text", {}, text), el("div.sheet-actions", {}, ok)], undefined, "alert");
  return box;
}

/** A list of things to choose one of: {label, node?, run}. */
export function chooser(title, items, intro) {
  const list = el("ul.choices", {}, items.map((item) => el("li", {}, el("button.choose", {
    type: "button", onclick: () => { box.close(); item.run(); },
  }, item.node ?? null, el("span", {}, item.label), item.note ? el("small", {}, item.note) : null))));
  const cancel = el("button.quiet", { type: "button", onclick: () => box.close() }, t("cancel"));
  const box = open(title, [intro ?? null, list, el("div.sheet-actions", {}, cancel)].filter(Boolean));
  return box;
}

/** fields: {name, label, kind: text|number|check|select|people, value, options, required, hint}; `done(values)` may throw: its words are shown. */
export function formBox(title, fields, action, done) {
  const error = el("p.form-error", { role: "alert", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await done(values(form, fields));
      box.close();
    } catch (problem) {
      error.textContent = problem.message;
      error.hidden = false;
    }
  };
  const cancel = el("button.quiet", { type: "button", onclick: () => box.close() }, t("cancel"));
  const form = el("form", { onsubmit: submit }, fields.map(field), error,
    el("div.sheet-actions", {}, cancel, el("button.primary", { type: "submit" }, action)));
  const box = open(title, form);
  return box;
}

function field(one) {
  const id = uid("field");
  if (one.kind === "people") return peopleField(one);
  if (one.kind === "check") {
    return el("label.field.check", {}, el("input", { type: "checkbox", name: one.name, checked: Boolean(one.value) }), el("span", {}, one.label));
  }
  const control = one.kind === "select"
    ? el("select", { id, name: one.name }, one.options.map(([value, label]) => el("option", { value, selected: value === one.value }, label)))
    : el("input", { id, name: one.name, type: one.kind ?? "text", value: one.value ?? "", required: one.required, step: "any", autocomplete: "off", placeholder: one.hint });
  return el("div.field", {}, el("label", { for: id }, one.label), control);
}

function peopleField(one) {
  return el("fieldset.field.people", {}, el("legend", {}, one.label), el("div.people-list", {}, one.options.map(([value, label]) =>
    el("label.chip", {}, el("input", { type: "checkbox", name: one.name, value: String(value), checked: one.value?.includes(value) }), el("span", {}, label)))));
}

function values(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(fields.map(({ name, kind }) => {
    if (kind === "people") return [name, data.getAll(name).map(Number)];
    if (kind === "check") return [name, data.has(name)];
    return [name, kind === "number" ? Number(data.get(name)) : String(data.get(name)).trim()];
  }));
}

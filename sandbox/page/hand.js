// What is done by hand to the pretend world: people, groups, membership, rights, the clock, faults.

import { post } from "./api.js";
import { chooser, formBox } from "./dialog.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";
import { nameOf } from "./world.js";

const RIGHTS = ["can_delete_messages", "can_pin_messages", "can_invite_users", "can_restrict_members", "can_promote_members", "can_change_info", "can_manage_topics"];
const FAULTS = ["429", "5xx", "reset-after-accept", "stall", "duplicate", "reorder"];
export const STEPS = [["minutes_10", 600], ["hour_1", 3600], ["hours_6", 21600], ["day_1", 86400], ["week_1", 604800]];

const options = (people) => people.map((person) => [person.id, nameOf(person)]);

/** The menu of the whole world, from the top bar. */
export function worldMenu(window, anchor) {
  openMenu(anchor, [
    { label: t("add_person"), icon: "person", run: () => addPerson(window) },
    { label: t("new_group"), icon: "group", run: () => newGroup(window) },
    null,
    { label: t("faults"), icon: "bolt", note: window.world.faults.length ? String(window.world.faults.length) : "", run: () => faultBox(window) },
    window.world.faults.length ? { label: t("no_faults"), icon: "check", run: () => void tell(window, post("/faults", {}, "DELETE"), t("faults_off")) } : false,
  ], t("world"));
}

export function clockMenu(window, anchor) {
  const advance = (seconds) => tell(window, post("/clock", { advance: seconds }), t("clock_moved"));
  openMenu(anchor, [
    ...STEPS.map(([word, seconds]) => ({ label: t(word), icon: "clock", run: () => void advance(seconds) })),
    null,
    { label: t("clock_by"), icon: "sliders", run: () => formBox(t("clock_by"), [{ name: "hours", label: t("hours"), kind: "number", value: 12 }], t("move"), ({ hours }) => post("/clock", { advance: hours * 3600 })) },
  ], t("clock"));
}

async function tell(window, call, done) {
  try {
    await call;
    window.say(done, "note");
  } catch (problem) {
    window.say(problem.message, "error");
  }
}

function addPerson(window) {
  const fields = [
    { name: "name", label: t("name"), required: true },
    { name: "language_code", label: t("language"), kind: "select", options: [["en", "English"], ["zh-hans", "中文"]], value: "en" },
    { name: "column", label: t("in_new_column"), kind: "check", value: true },
  ];
  formBox(t("add_person"), fields, t("add"), async ({ name, language_code, column }) => {
    const person = await post("/people", { name, language_code });
    window.world.people.set(person.id, { name, language_code, first_name: name, ...person });
    window.drawPeople();
    if (column) window.add(person.id, window.columns.at(-1)?.chatId ?? null);
  });
}

function newGroup(window) {
  const people = [...window.world.people.values()];
  const open = window.columns.map((column) => column.person);
  const fields = [
    { name: "title", label: t("title"), required: true },
    { name: "forum", label: t("forum"), kind: "check" },
    { name: "bots", label: t("with_bots"), kind: "check", value: true },
    { name: "members", label: t("members_label"), kind: "people", options: options(people), value: open },
    { name: "admins", label: t("admins_label"), kind: "people", options: options(people), value: open.slice(0, 1) },
  ];
  formBox(t("new_group"), fields, t("make"), async ({ title, forum, bots, members, admins }) => {
    const group = await post("/groups", { title, forum, members: [...new Set([...members, ...admins])], admins });
    const id = group.id ?? group.chat_id;
    const person = admins[0] ?? members[0];
    if (bots) await Promise.all([...window.world.bots.keys()].map((bot) => post("/add_bot", { chat_id: id, person_id: person, bot_id: bot, admin: true }).catch(() => {})));
    await window.world.refresh();
    window.columns.filter((column) => members.includes(column.person)).forEach((column) => void column.open(id));
  });
}

function faultBox(window) {
  const fields = [
    { name: "kind", label: t("fault_kind"), kind: "select", options: FAULTS.map((kind) => [kind, t(`fault_${kind}`)]), value: "429" },
    { name: "method", label: t("fault_method"), hint: "sendMessage" },
    { name: "rate", label: t("fault_rate"), kind: "number", value: 20 },
    { name: "seed", label: t("fault_seed"), kind: "number", value: 1 },
  ];
  formBox(t("faults"), fields, t("switch_on"), async ({ kind, method, rate, seed }) => {
    await post("/faults", { kind, method: method || undefined, rate: rate / 100, seed });
  });
}

/** The menu of one chat, as the person of the column. */
export function chatMenu(column, anchor) {
  const { chat } = column.chat.view;
  openMenu(anchor, chat.type === "private" ? privateItems(column, chat) : groupItems(column, chat), t("chat_menu"));
}

const doing = (column, path, body, done) => async () => {
  try {
    await post(path, body);
    if (done) column.say(done, "note");
  } catch (problem) {
    column.say(problem.message, "error");
  }
};

function privateItems(column, chat) {
  const who = { person_id: column.person, bot_id: chat.id };
  return [
    { label: t("press_start"), icon: "bot", run: doing(column, "/start", who) },
    { label: t("block"), icon: "block", danger: true, run: doing(column, "/block", { ...who, blocked: true }, t("blocked")) },
    { label: t("unblock"), icon: "check", run: doing(column, "/block", { ...who, blocked: false }, t("unblocked")) },
  ];
}

function groupItems(column, chat) {
  const who = { chat_id: chat.id, person_id: column.person };
  const inside = column.world.isMember(column.person, chat.id);
  const admin = column.world.isAdmin(column.person, chat.id);
  return [
    { label: t("see_members"), icon: "group", run: () => members(column, chat) },
    inside ? { label: t("leave"), icon: "door", danger: true, run: doing(column, "/leave", who) } : { label: t("join"), icon: "plus", run: doing(column, "/join", who) },
    admin ? { label: t("anonymous"), icon: "eye", checked: column.anonymous, run: () => (column.anonymous = !column.anonymous) } : false,
    chat.is_forum ? { label: t("new_topic"), icon: "hash", run: () => newTopic(chat) } : false,
    null,
    ...[...column.world.bots.values()].flatMap((bot) => botItems(column, chat, bot)),
    chat.type === "group" ? { label: t("upgrade"), icon: "sliders", run: doing(column, "/upgrade", { chat_id: chat.id }, t("upgraded")) } : false,
  ];
}

function botItems(column, chat, bot) {
  const who = { chat_id: chat.id, person_id: column.person, bot_id: bot.id };
  const name = `@${bot.username}`;
  if (!(chat.bots ?? []).includes(bot.id)) return [{ label: t("add_one", { name }), icon: "bot", run: doing(column, "/add_bot", { ...who, admin: true }, t("done")) }];
  return [
    { label: t("rights_of", { name }), icon: "sliders", run: () => rights(chat, bot) },
    { label: t("kick", { name }), icon: "door", danger: true, run: doing(column, "/kick_bot", who, t("done")) },
  ];
}

function rights(chat, bot) {
  const fields = RIGHTS.map((name) => ({ name, label: t(name), kind: "check", value: chat.rights?.[bot.id]?.[name] ?? true }));
  formBox(t("rights_of", { name: `@${bot.username}` }), fields, t("save"), (given) => post("/rights", { chat_id: chat.id, bot_id: bot.id, rights: given }));
}

function newTopic(chat) {
  formBox(t("new_topic"), [{ name: "name", label: t("name"), required: true }], t("make"), ({ name }) => post("/topics", { chat_id: chat.id, name }));
}

function members(column, chat) {
  const people = chat.members.map((id) => column.world.people.get(id)).filter(Boolean);
  chooser(`${chat.title} · ${t("members", { n: people.length })}`, people.map((person) => ({
    label: nameOf(person), node: avatar(person.id, nameOf(person)), note: chat.admins?.includes(person.id) ? t("admin") : "",
    run: () => column.window.alone ? column.be(person.id) : column.window.add(person.id, chat.id),
  })));
}

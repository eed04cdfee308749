// What a click on an address does: links of the pretend platform work inside the page, the rest opens in a new tab.

import { post } from "./api.js";
import { chooser } from "./dialog.js";
import { shareBox } from "./share.js";
import { t } from "./words.js";

const HOSTS = new Set(["t.me", "telegram.me", "telegram.dog", location.host]);

/** The address as {kind, ...}, or null where it leads outside. */
export function parse(address) {
  const url = URL.parse(address, location.href);
  if (!url) return null;
  if (url.protocol === "tg:") return parseScheme(url);
  if (!HOSTS.has(url.host)) return null;
  const parts = url.pathname.split("/").filter(Boolean);
  if (parts[0] === "invite" || parts[0] === "joinchat") return { kind: "invite", link: address };
  if (parts[0]?.startsWith("+")) return { kind: "invite", link: address };
  if (parts[0] === "share" || parts[0] === "msg") return { kind: "share", text: url.searchParams.get("text") ?? "", url: url.searchParams.get("url") ?? "" };
  if (parts[0] === "c") return { kind: "message", chat: Number(`-100${parts[1]}`), message: Number(parts.at(-1)) };
  if (url.host === location.host || !parts[0]) return null;
  return parseName(parts, url.searchParams);
}

function parseName([name, message], query) {
  if (message && /^\d+$/.test(message)) return { kind: "message", name, message: Number(message) };
  for (const key of ["startgroup", "startchannel"]) if (query.has(key)) return { kind: "add", name, payload: query.get(key) };
  return { kind: "name", name, payload: query.get("start") ?? query.get("startapp") ?? "" };
}

function parseScheme(url) {
  const query = url.searchParams;
  const action = url.host || url.pathname.replaceAll("/", "");
  if (action === "resolve") return parseName([query.get("domain") ?? "", query.get("post")], query);
  if (action === "join") return { kind: "invite", link: `https://t.me/+${query.get("invite")}` };
  if (action === "msg_url") return { kind: "share", text: query.get("text") ?? "", url: query.get("url") ?? "" };
  if (action === "user") return { kind: "user", id: Number(query.get("id")) };
  return { kind: "unknown" };
}

/** Follows an address for the person of a column; true where the page took care of it. */
export function follow(address, column) {
  const target = parse(address);
  if (!target) return false;
  const act = {
    invite: () => join(target, column),
    share: () => shareBox(column, [target.url, target.text].filter(Boolean).join("\n")),
    message: () => goTo(target, column),
    add: () => addBot(target, column),
    name: () => meet(target, column),
    user: () => column.world.bots.has(target.id) && column.open(target.id),
  }[target.kind];
  Promise.resolve(act?.()).catch((problem) => column.say(problem.message, "error"));
  return true;
}

async function join({ link }, column) {
  const result = await post("/join", { person_id: column.person, invite_link: link });
  if (result?.status === "requested" || result?.pending || result?.join_request) return column.say(t("join_requested"), "note");
  const id = result?.chat_id ?? result?.chat?.id ?? result?.id;
  return id ? column.open(id) : undefined;
}

function goTo({ chat, name, message }, column) {
  const id = chat ?? column.world.chatNamed(name)?.id;
  if (!id) return column.say(t("unknown_name", { name: name ?? String(chat) }), "error");
  return column.open(id, message);
}

async function meet({ name, payload }, column) {
  const bot = column.world.botNamed(name);
  const chat = column.world.chatNamed(name);
  if (chat) return column.open(chat.id);
  if (!bot) return column.say(t("unknown_name", { name }), "error");
  column.open(bot.id);
  if (payload) await post("/start", { person_id: column.person, bot_id: bot.id, payload });
  return undefined;
}

function addBot({ name, payload }, column) {
  const bot = column.world.botNamed(name);
  if (!bot) return column.say(t("unknown_name", { name }), "error");
  const mine = column.world.chatsOf(column.person).mine;
  const add = async (chat) => {
    await post("/add_bot", { chat_id: chat.id, person_id: column.person, bot_id: bot.id, payload });
    column.open(chat.id);
  };
  return chooser(t("add_bot"), mine.map((chat) => ({ label: chat.title, run: () => add(chat).catch((problem) => column.say(problem.message, "error")) })));
}

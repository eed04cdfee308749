// What a reader chose for this page (theme, language, columns), kept in the browser where it allows that.

export function read(name) {
  try {
    return localStorage.getItem(`tuan.${name}`);
  } catch {
    return null;
  }
}

export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(`tuan.${name}`);
    else localStorage.setItem(`tuan.${name}`, value);
  } catch { /* a browser without storage forgets; nothing else depends on it */ }
}

/** The columns a window opens with: the address first, then what was open last, then three friends in the first group. */
export function openColumns(world) {
  const query = new URLSearchParams(location.search);
  if (query.has("as")) return [{ person: Number(query.get("as")), chat: Number(query.get("chat")) || null }];
  const asked = query.getAll("column").map((part) => part.split(":").map(Number));
  const kept = asked.length ? asked : JSON.parse(read("columns") ?? "[]");
  const valid = kept.filter(([person, chat]) => world.people.has(person) && (!chat || world.chat(chat)));
  if (valid.length) return valid.map(([person, chat]) => ({ person, chat }));
  return firstColumns(world);
}

function firstColumns(world) {
  const group = world.chats.get(-1001000000001) ?? [...world.chats.values()][0];
  return [1003, 1004, 1001].filter((id) => world.people.has(id)).map((person) => ({ person, chat: group?.id ?? null }));
}

export function keepColumns(columns) {
  if (!new URLSearchParams(location.search).has("as")) write("columns", JSON.stringify(columns));
}

// The people's side over HTTP: JSON in, JSON out; a refusal becomes an Error with the server's own sentence.

async function answer(response) {
  const body = await response.json().catch(() => ({ ok: false, description: response.statusText }));
  if (body && body.ok === false) throw new Error(body.description || `HTTP ${response.status}`);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return body && body.ok === true && "result" in body ? body.result : body;
}

export async function get(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null));
  return answer(await fetch(search.size ? `${path}?${search}` : path));
}

export async function post(path, body = {}, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(path, { method, headers, body: JSON.stringify(body) }));
}

// One event stream for all windows of this browser: a browser opens at most six connections to a host,
// and every window with a stream of its own would use one up. Keeps the last events for windows that come later.

const KEEP = 2000;
const ports = new Set();
const kept = [];
let source = null;
let last = null;

function tell(port, message) {
  port.postMessage(message);
}

function take(data) {
  const event = JSON.parse(data);
  if (last !== null && event.seq <= last) return;
  if (event.seq > last + 1) return lost(); // the server has let go of what came between
  last = event.seq;
  kept.push(event);
  if (kept.length > KEEP) kept.splice(0, kept.length - KEEP);
  for (const port of ports) tell(port, { event });
}

function open(since) {
  last = since;
  source = new EventSource(`/events?since=${since}`);
  source.onopen = () => ports.forEach((port) => tell(port, { ready: true }));
  source.onmessage = (message) => take(message.data);
  // A server started anew numbers from the beginning: what is kept belongs to the old one.
  source.onerror = lost;
}

function lost() {
  source.close();
  source = null;
  kept.length = 0;
  for (const port of ports) tell(port, { lost: true });
}

function join(port, since) {
  ports.add(port);
  if (source === null) return open(since);
  if (kept.length ? kept[0].seq > since + 1 : last > since) return tell(port, { stale: true });
  if (source.readyState === EventSource.OPEN) tell(port, { ready: true });
  for (const event of kept) if (event.seq > since) tell(port, { event });
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => (data.leave ? ports.delete(port) : join(port, data.since));
};

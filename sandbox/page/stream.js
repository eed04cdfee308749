// The server's events, in order, exactly once: through the shared worker where there is one, else directly.

/** listen(since, {event, lost}); `lost` is called when the stream broke or is too old: reload the state, listen again. */
export function listen(since, { event, lost }) {
  return "SharedWorker" in globalThis ? listenShared(since, event, lost) : listenAlone(since, event, lost);
}

let port = null;

function listenShared(since, event, lost) {
  if (!port) {
    port = new SharedWorker("/stream-worker.js", { name: "tuan-stream" }).port;
    addEventListener("pagehide", () => port.postMessage({ leave: true }));
  }
  port.onmessage = ({ data }) => (data.event ? event(data.event) : lost());
  port.postMessage({ since });
}

function listenAlone(since, event, lost) {
  const source = new EventSource(`/events?since=${since}`);
  source.onmessage = (message) => event(JSON.parse(message.data));
  source.onerror = () => {
    source.close();
    lost();
  };
}

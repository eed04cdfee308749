// The server's events, in order, exactly once: through the shared worker where there is one, else directly.

const PATIENCE = 3000;

/** listen(since, {event, lost}), `since()` being the last number known; `lost` is called when the stream broke or is too old: reload the state, listen again. */
export function listen(since, { event, lost }) {
  return "SharedWorker" in globalThis ? listenShared(since, event, lost) : listenAlone(since, event, lost);
}

let port = null;

function listenShared(since, event, lost) {
  if (!port) {
    port = new SharedWorker("/stream-worker.js", { name: "tuan-stream" }).port;
    addEventListener("pagehide", () => port.postMessage({ leave: true }));
  }
  // A worker that says nothing (stopped by the browser, or by a debugger) must not leave the page deaf.
  const alone = setTimeout(() => {
    port.onmessage = null;
    port.postMessage({ leave: true });
    listenAlone(since, event, lost);
  }, PATIENCE);
  port.onmessage = ({ data }) => {
    clearTimeout(alone);
    if (data.event) event(data.event);
    else if (!data.ready) lost();
  };
  port.postMessage({ since: since() });
}

function listenAlone(since, event, lost) {
  let last = since();
  const source = new EventSource(`/events?since=${last}`);
  const broken = () => {
    source.close();
    lost();
  };
  source.onmessage = ({ data }) => {
    const next = JSON.parse(data);
    if (next.seq > last + 1) return broken();
    last = next.seq;
    return event(next);
  };
  source.onerror = broken;
}

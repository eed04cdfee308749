"""How many sendMessage calls a second the sandbox takes on one core: `python -m benchmarks.sandbox [--seconds 5]`.

The sandbox runs in a process of its own, which is one thread and so one core; the client is raw bytes over keep-alive
connections in this process, so that it costs next to nothing. Prints one JSON line.
"""

import argparse
import asyncio
import json
import sys
import time

BODY = json.dumps({"chat_id": -1001000000001, "text": "Seat 2 · <b>36.00</b> each now", "parse_mode": "HTML"}).encode()
REQUEST = (
    b"POST /bot42:bench/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: " + str(len(BODY)).encode() + b"\r\n\r\n" + BODY
)


async def sender(port: int, until: float) -> int:
    """Calls one after the other on one connection; returns how many were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    while time.perf_counter() < until:
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = await reader.readexactly(int(length.split(b":")[1]))
        if not body.startswith(b'{"ok":true'):
            raise SystemExit(f"refused: {body.decode()}")
        done += 1
    writer.close()
    return done


async def measure(seconds: float, connections: int) -> dict[str, float]:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--no-limits", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        started = time.perf_counter() - began
        port = int(line.decode().strip().rstrip("/").rsplit(":", 1)[1])
        begin = time.perf_counter()
        done = sum(await asyncio.gather(*(sender(port, begin + seconds) for _ in range(connections))))
        return {
            "sendMessage_per_second": round(done / (time.perf_counter() - begin)),
            "start_seconds": round(started, 2),
        }
    finally:
        process.terminate()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(given.seconds, given.connections))) + "\n")


if __name__ == "__main__":
    main()

"""How many sendMessage calls a second the sandbox takes on one core: `python -m benchmarks.sandbox [--seconds 2] [--runs 5]`.

The sandbox runs in a process of its own, which is one thread and so one core; the client is raw bytes over keep-alive
connections in this process, so that it costs next to nothing. Where the system allows it each is held to a core of its own. The
median of several short runs counts. On a machine that does other things too, a call's cost in the sandbox's own processor time
says more than the clock: calls for each second of it are printed beside. Prints one JSON line.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.__main__ import machine

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


@contextmanager
def apart(pid: int) -> Iterator[bool]:
    """Holds the sandbox and this process to a core each, as long as it lasts; whether that was possible."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2:
        yield False
        return
    os.sched_setaffinity(pid, {cores[0]})
    os.sched_setaffinity(0, {cores[1]})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, cores)


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far; 0 where the system does not tell."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def run(port: int, pid: int, seconds: float, connections: int) -> tuple[float, float]:
    """Calls a second by the clock, and by the sandbox's own processor time."""
    used, begin = processor_seconds(pid), time.perf_counter()
    done = sum(await asyncio.gather(*(sender(port, begin + seconds) for _ in range(connections))))
    spent = processor_seconds(pid) - used
    return done / (time.perf_counter() - begin), done / spent if spent else 0.0


async def measure(seconds: float, connections: int, runs: int) -> dict[str, object]:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--no-limits", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        started = time.perf_counter() - began
        port = int(line.decode().strip().rstrip("/").rsplit(":", 1)[1])
        with apart(process.pid) as pinned:
            taken = [await run(port, process.pid, seconds, connections) for _ in range(runs)]
        return {
            "sendMessage_per_second": round(median(clock for clock, _ in taken)),
            "runs": [round(clock) for clock, _ in taken],
            "per_processor_second": round(median(own for _, own in taken)),
            "start_seconds": round(started, 2),
            "a_core_each": pinned,
            "load": round(os.getloadavg()[0], 1),
            "machine": machine(),
        }
    finally:
        process.terminate()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(given.seconds, given.connections, given.runs))) + "\n")


if __name__ == "__main__":
    main()

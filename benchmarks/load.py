"""The load: a process of its own that keeps N connections busy, each asking again as soon as it was answered.

One loop over raw sockets, because a load generator that is slower than the server measures itself: it costs about
0.05 ms of processor time a request, and every result says how much it took. It reads its plan from standard input
and writes what it saw to standard output, both JSON.
"""

import itertools
import json
import math
import selectors
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

#: Before anything is counted: connections are opened, caches fill.
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clients saw."""

    answers: int
    seconds: float
    #: How many answers had which status.
    statuses: dict[str, int]
    median_ms: float
    slow_ms: float
    #: Processor time that the load itself took, for each answer.
    client_ms: float
    #: The first answer that was not a success.
    first_fault: str

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answers / self.seconds

    @property
    def failures(self) -> int:
        """Answers that were no success."""
        return sum(count for status, count in self.statuses.items() if not status.startswith("2"))


def apply_load(port: int, clients: list[dict[str, Any]], seconds: float) -> Seen:
    """Let each client ask over and over for so many seconds.

    A client has the `head` of its requests (without the headers that follow from the body) and the `bodies` that it
    sends in turn; an empty body is sent as it is, any other with a fresh idempotency key. A client with `requests`,
    pairs of head and body, sends each of them once; then all are counted, and `seconds` is what they took.
    """
    plan = {"port": port, "clients": clients, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The load ended with an error: {done.stderr.strip()[-2000:]}")
    return Seen(**json.loads(done.stdout))


@dataclass(slots=True)
class Client:
    """One connection that has always exactly one request under way."""

    connection: socket.socket
    requests: Any
    received: bytearray = field(default_factory=bytearray)
    asked_at: float = 0.0

    def ask(self) -> bool:
        """Send the next request; answers whether there was one."""
        head, body = next(self.requests, (None, None))
        if head is None:
            return False
        key = f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n".encode() if body else b"\r\n"
        self.asked_at = time.perf_counter()
        self.connection.sendall(head + key + body)
        return True

    def read(self) -> tuple[int, bytes] | None:
        """The answer, once it is whole."""
        part = self.connection.recv(65536)
        if not part:
            raise ConnectionError("The server closed the connection.")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.received[:end]).lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return None
        status, body = int(head[9:12]), bytes(self.received[end + 4 :])
        self.received.clear()
        return status, body


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Keep every client busy until the time is over; what was under way then is answered but not counted."""
    ready = selectors.DefaultSelector()
    is_once = any("requests" in planned for planned in plan["clients"])
    for planned in plan["clients"]:
        connection = socket.create_connection(("127.0.0.1", plan["port"]), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = planned.get("requests") or [(planned["head"], body) for body in planned["bodies"]]
        pairs = [(head.encode(), body.encode()) for head, body in asked]
        client = Client(connection, iter(pairs) if is_once else itertools.cycle(pairs))
        ready.register(connection, selectors.EVENT_READ, client)
        client.ask()
    begin = time.perf_counter() + (0 if is_once else WARM_UP_SECONDS)
    end = math.inf if is_once else begin + plan["seconds"]
    statuses: dict[int, int] = {}
    waits: list[float] = []
    first_fault, processor_at_begin, busy = "", 0.0, len(plan["clients"])
    while busy:
        for chosen, _ in ready.select():
            client = chosen.data
            answer = client.read()
            if answer is None:
                continue
            now = time.perf_counter()
            if not processor_at_begin and now >= begin:
                processor_at_begin = time.process_time()
            if begin <= now < end:
                waits.append(now - client.asked_at)
                statuses[answer[0]] = statuses.get(answer[0], 0) + 1
            if answer[0] >= 300 and not first_fault:
                first_fault = f"{answer[0]} {answer[1][:300]!r}"
            if now >= end or not client.ask():
                ready.unregister(client.connection)
                client.connection.close()
                busy -= 1
    processor = time.process_time() - processor_at_begin
    return {
        "answers": len(waits),
        "seconds": time.perf_counter() - begin if is_once else plan["seconds"],
        "statuses": statuses,
        "median_ms": statistics.median(waits) * 1000,
        "slow_ms": statistics.quantiles(waits, n=20)[-1] * 1000,
        "client_ms": processor / max(len(waits), 1) * 1000,
        "first_fault": first_fault,
    }


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)

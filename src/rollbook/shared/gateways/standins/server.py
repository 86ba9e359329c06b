"""The HTTP server under the stand-ins: one port, each provider under its own path, a simple page to pay on."""

import html
import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from django.utils.datastructures import CaseInsensitiveMapping

from rollbook.shared.gateways.standins.world import Endpoint, Postman, Trouble, World

Answer = tuple[int, Any]
PORTS = range(23_100, 23_400)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a stand-in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


class StandIn(ABC):
    """What every provider's stand-in has."""

    prefix: ClassVar[str]
    name: ClassVar[str]
    postman: Postman

    def __init__(self) -> None:
        self.world = World()
        self.public_url = ""
        self.refund_status = "succeeded"

    @abstractmethod
    def fault(self, asked: Asked) -> Answer | None:
        """Why a request is not let in."""

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """What the provider answers."""

    @abstractmethod
    def pay(self, session_id: str, *, succeeds: bool = True, changed: dict[str, Any] | None = None) -> dict[str, Any]:
        """Somebody pays a checkout, or tries to."""

    @abstractmethod
    def shown(self, session_id: str) -> tuple[str, int, str, str, str] | None:
        """What the hosted page shows: what for, how much, active or not, where one goes after paying or leaving."""

    def listen(self, url: str, secret: str) -> None:
        """Deliver events to an address from now on."""
        with self.world.lock:
            self.world.endpoints = [one for one in self.world.endpoints if one.url != url]
            self.world.endpoints.append(Endpoint(url, secret))

    def trouble(self, path: str, kind: str, *, times: int = 1, status: int = 500, seconds: float = 0.0) -> None:
        """Get the next calls wrong: `error` answers a status, `silence` says nothing for a while and does nothing,
        `lost` does what was asked and never answers."""
        self.world.troubles.append(Trouble(self.prefix + path, kind, times, status, seconds))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, *_words: Any) -> None:
        """Say nothing: what is asked holds keys."""

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        asked = Asked(
            method, parts.path, dict(parse_qsl(parts.query)), CaseInsensitiveMapping(dict(self.headers)), body
        )
        if parts.path.startswith("/pay/"):
            _own_page(self, self.server.standins, asked)
            return
        for standin in self.server.standins:
            if parts.path.startswith(standin.prefix + "/"):
                self._provider(standin, asked)
                return
        self.send_json(404, {"error": "There is no such provider here."})

    def _provider(self, standin: StandIn, asked: Asked) -> None:
        with standin.world.lock:
            standin.world.calls.append((asked.method, asked.path))
        trouble = standin.world.trouble_for(asked.path)
        if trouble is not None and trouble.kind == "error":
            self.send_json(trouble.status, {"errors": [{"code": "trouble", "detail": "As asked."}]})
            return
        if trouble is not None and trouble.kind == "silence":
            time.sleep(trouble.seconds)
            self.close_connection = True
            return
        status, found = standin.fault(asked) or standin.answer(asked)
        if trouble is not None:
            time.sleep(trouble.seconds)
            self.close_connection = True
            return
        self.send_json(status, found)

    def send_json(self, status: int, found: Any) -> None:
        """Answer with JSON."""
        self.send_text(status, json.dumps(found), "application/json")

    def send_text(self, status: int, text: str, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """Answer with text."""
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="icon" href="data:,"><style>
body{{font:1.1rem system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem;line-height:1.5}}
button{{font:inherit;padding:.75rem 1.25rem;margin:.25rem .5rem .25rem 0;min-height:44px}}</style>
<h1>{title}</h1><p>{what}</p><p><strong>{amount}</strong></p>{rest}
<p><small>A stand-in for a demonstration. No real money moves here.</small></p></html>"""


def _own_page(handler: _Handler, standins: list[StandIn], asked: Asked) -> None:
    """The hosted page on which a demonstration's payer pays."""
    parts = asked.path.strip("/").split("/")
    found = next(((one, shown) for one in standins if (shown := one.shown(parts[1]))), None)
    if found is None:
        handler.send_text(404, "There is no such checkout.", "text/plain")
        return
    standin, (what, amount, state, success_url, cancel_url) = found
    if asked.method == "GET":
        handler.send_text(200, _checkout_page(what, amount, state, cancel_url), "text/html")
        return
    choice = dict(parse_qsl(asked.body.decode())).get("do", "")
    if state == "active":
        standin.pay(parts[1], succeeds=choice == "pay")
    target = success_url if choice == "pay" else cancel_url
    handler.send_text(303, "", "text/plain", {"Location": target})


def _checkout_page(what: str, amount: int, state: str, cancel_url: str) -> str:
    if state == "active":
        rest = (
            '<form method="post"><button name="do" value="pay">Pay</button>'
            '<button name="do" value="fail">Pay, and let it fail</button></form>'
        )
    else:
        rest = f'<p>This checkout is {html.escape(state)}.</p><p><a href="{html.escape(cancel_url)}">Back</a></p>'
    return _PAGE.format(
        title="Pay online", what=html.escape(what), amount=f"{amount // 100:,}.{amount % 100:02d}", rest=rest
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, standins: list[StandIn]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.standins = standins


def serve_forever(port: int, standins: list[StandIn]) -> None:
    """Answer until the process ends."""
    _Server(port, standins).serve_forever()


def standins_at(public_url: str) -> list[StandIn]:
    """A fresh stand-in of every provider."""
    from rollbook.shared.gateways.standins.paymongo import PayMongoStandIn
    from rollbook.shared.gateways.standins.stripe import StripeStandIn

    made: list[StandIn] = [PayMongoStandIn(), StripeStandIn()]
    for standin in made:
        standin.public_url = public_url
    return made


@dataclass(frozen=True, slots=True)
class Running:
    """Stand-ins that run in this process, for tests."""

    address: str
    by_name: dict[str, Any]


@contextmanager
def running() -> Iterator[Running]:
    """Run fresh stand-ins on a free loopback port below the ephemeral range."""
    server = _bound()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    for standin in server.standins:
        standin.public_url = address
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Running(address, {one.name: one for one in server.standins})
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _bound() -> _Server:
    for port in PORTS:
        try:
            return _Server(port, standins_at(""))
        except OSError:
            continue
    raise RuntimeError("Every port that the stand-ins may use is taken.")

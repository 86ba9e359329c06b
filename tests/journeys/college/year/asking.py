"""Somebody who asks the college's API over a real socket, with a session of their own."""

import secrets
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings
from django.test import Client

from rollbook.core.identity.examples import sign_in
from rollbook.core.identity.models import Membership
from tests.journeys import support

API = "/api/v1"


class Desk:
    """Asks, and insists on the answer that the journey expects."""

    def __init__(self, site: support.Site, membership: Membership | None = None) -> None:
        # Any word does, as long as the cookie and the header say the same.
        word = secrets.token_hex(16)
        cookies = {settings.CSRF_COOKIE_NAME: word}
        if membership is not None:
            browser = Client()
            sign_in(browser, membership)
            cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self.name = membership.name if membership else "nobody"
        self._client = httpx.Client(
            base_url=site.address + API, cookies=cookies, headers={"X-CSRFToken": word}, timeout=30
        )

    def get(self, path: str, **asked: Any) -> Any:
        """What stands at an address."""
        return self._answer(self._client.get(path, params=asked), 200)

    def post(
        self, path: str, body: Any = None, *, expect: int | tuple[int, ...] = (200, 201, 202), key: str = ""
    ) -> Any:
        """Do something; an act that wants a key of its own gets one."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self._answer(self._client.post(path, json={} if body is None else body, headers=headers), expect)

    def put(self, path: str, body: Any) -> Any:
        """Write something down."""
        return self._answer(self._client.put(path, json=body), 200)

    def patch(self, path: str, body: Any, *, match: str = "") -> Any:
        """Change something."""
        headers = {"If-Match": match} if match else {}
        return self._answer(self._client.patch(path, json=body, headers=headers), 200)

    def send(self, path: str, *, name: str, content: bytes, **fields: str) -> Any:
        """Send a file."""
        answer = self._client.post(path, data=fields, files={"file": (name, content)})
        return self._answer(answer, (200, 201))

    def download(self, path: str, **asked: Any) -> bytes:
        """A paper."""
        answer = self._client.get(path, params=asked)
        self._answer(answer, 200, is_json=False)
        return answer.content

    def refused(self, path: str, body: Any = None, *, status: int, code: str) -> dict[str, Any]:
        """Try something that is not possible; the refusal, whose sentence a person can use."""
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self._client.post(path, json={} if body is None else body, headers=headers)
        said: dict[str, Any] = self._answer(answer, status)
        assert said["code"] == code, said
        assert len(said["detail"].split()) >= 3, said
        return said

    def every(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self.get(path, limit=100, **asked, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def close(self) -> None:
        self._client.close()

    def _answer(self, answer: httpx.Response, expect: int | tuple[int, ...], *, is_json: bool = True) -> Any:
        expected = (expect,) if isinstance(expect, int) else expect
        assert answer.status_code in expected, (
            f"{self.name}: {answer.request.method} {answer.request.url.path} answered {answer.status_code}, not"
            f" {expected}: {answer.text[:1500]}"
        )
        if not is_json or answer.status_code == 204 or not answer.content:
            return None
        return answer.json()

"""Many tries at the same moment are still only five."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from rollbook.core.identity import forms
from rollbook.core.identity.examples import PASSWORD, a_member
from rollbook.core.identity.models import User
from rollbook.core.tenancy.models import Organisation

TRIES = 12


@contextmanager
def all_at_once(_name: str, _ip: str) -> Iterator[None]:
    """The control: nobody waits for anybody."""
    yield


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_of_twelve_passwords_tried_at_once_five_are_looked_at(
    organisation: Organisation, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_member(organisation, email="ana@example.edu", password=PASSWORD)
    looked_at: list[str] = []
    meeting = threading.Barrier(TRIES, timeout=30)
    real = User.check_password

    def watched(self: User, raw: str) -> bool:
        looked_at.append(raw)
        if not is_locked:
            meeting.wait()
        return real(self, raw)

    monkeypatch.setattr(User, "check_password", watched)
    if not is_locked:
        monkeypatch.setattr(forms.lockout, "one_try_at_a_time", all_at_once)
    statuses: list[int] = []

    def try_it(number: int) -> None:
        try:
            answer = Client().post("/login/", {"login": "ana@example.edu", "password": f"wrong-{number}"})
            statuses.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[number]) for number in range(TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(statuses) == TRIES
    if is_locked:
        # How many get their turn in time depends on the machine; more than five never do.
        assert 1 <= len(looked_at) <= 5
        assert statuses.count(422) == min(len(looked_at), 4)
        assert statuses.count(429) == TRIES - statuses.count(422)
    else:
        assert len(looked_at) == TRIES, "without the lock every one of them is looked at"

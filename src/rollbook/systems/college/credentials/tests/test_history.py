"""Papers in the history of a student, as far as the reader may know of them."""

import pytest
from django.urls import reverse

from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.site import navigation  # noqa: F401 — rooms declare what belongs to a student there
from rollbook.systems.college.credentials.services import releasing
from rollbook.systems.college.credentials.tests.test_papers import gets, released, taker
from rollbook.systems.college.examples import a_browser, a_head_registrar, a_member, a_registrar
from rollbook.systems.college.records.history import history_of

__all__ = ["taker"]

pytestmark = pytest.mark.django_db

BECAUSE = "The name of the school was wrong"


def papers(actor, student_id):
    found = history_of(actor, student_id).events
    return [(event.title, event.detail, event.reason) for event in found if event.title in {"Issued", "Revoked"}]


def test_papers_that_were_released_and_revoked_stand_in_the_line_of_time(taker):
    gets(taker, "IT 101")
    registrar, head = a_registrar(), a_head_registrar()
    paper = released(taker, actor=registrar)
    releasing.revoke(head, document_id=paper.id, reason=BECAUSE)

    for reader in (head, registrar, a_member(AUDITOR), a_member(ADMINISTRATOR)):
        assert papers(reader, taker.student_id) == [
            ("Revoked", paper.number, BECAUSE), ("Issued", paper.number, ""),
        ]  # fmt: skip
    page = a_browser(head).get(reverse("students:history_of", args=[taker.student_id])).content.decode()
    assert paper.number in page


def test_what_another_registrar_released_is_not_told(taker):
    gets(taker, "IT 101")
    released(taker, actor=a_registrar())

    assert papers(a_registrar(), taker.student_id) == []
    assert len(papers(a_head_registrar(), taker.student_id)) == 1

"""W, more units and class lists on the screen, each for whoever may."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.shared.files.services import remove_photo, replace_photo
from rollbook.shared.files.tests.samples import a_jpeg
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment.examples import (
    a_class,
    a_past,
    a_taker,
    item,
    open_windows,
    subjects,
    the_curriculum,
    the_student,
    today,
)
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.examples import a_browser, a_cashier, a_member, a_registrar

WHY = "The student works at night now"


def at(name, *args):
    return reverse(f"enrolment:{name}", args=args)


def text_of(response):
    return response.content.decode()


def a_head():
    head = a_member(roles.PROGRAM_HEAD)
    Programme.objects.update(head=head.membership_id)
    return head


@pytest.fixture
def taken(tenant):
    """A student in two classes of a term whose add and drop is over."""
    one, two = a_class("IT 101"), a_class("IT 102")
    taker = a_taker("310001")
    enrol(the_student(taker), term_enrolment_id=taker.id, items=[item(one), item(two)])
    Term.objects.update(state="IN_PROGRESS")
    taker.term.windows.update(closes_on=today() - timedelta(days=1), opens_on=today() - timedelta(days=9))
    return taker


def row_of(taker, code):
    return SubjectEnrolment.objects.get(term_enrolment=taker, subject__code=code)


@pytest.mark.rule("R26")
def test_the_programme_head_withdraws_a_student_from_a_class_with_w(taken):
    open_windows(taken.term, kinds=["WITHDRAWAL"])
    head, stranger = a_browser(a_head()), a_browser(a_member(roles.PROGRAM_HEAD))
    place = at("withdraw", row_of(taken, "IT 101").id)

    assert "310001" in text_of(head.get(at("withdrawals")))
    assert "310001" not in text_of(stranger.get(at("withdrawals")))
    assert stranger.get(place).status_code == 404
    shown = text_of(head.get(place))
    assert "The grade will be W" in shown
    assert "outside the window" not in shown
    assert head.post(place, {"reason": ""}).status_code == 422
    assert head.post(place, {"reason": WHY}).status_code == 303

    left, stays = row_of(taken, "IT 101"), row_of(taken, "IT 102")
    assert (left.state, left.final_symbol, left.end_reason, stays.state) == ("WITHDRAWN", "W", WHY, "ENROLLED")
    assert head.get(place).status_code == 404


@pytest.mark.rule("R21")
def test_after_the_last_day_only_a_registrar_goes_on_with_a_reason(taken):
    place = at("withdraw", row_of(taken, "IT 101").id)
    head, registrar = a_browser(a_head()), a_browser(a_registrar())

    shown = text_of(head.get(place))
    assert "Classes are not left now" in shown
    assert head.post(place, {"reason": WHY}).status_code == 422
    assert "outside the window" in text_of(registrar.get(place))
    assert registrar.post(place, {"reason": WHY, "override": "Accident, papers were seen"}).status_code == 303
    assert row_of(taken, "IT 101").state == "WITHDRAWN"


@pytest.mark.rule("R19")
def test_a_programme_head_asks_for_more_units_and_another_decides(tenant):
    many = subjects(*(f"S{number:02d}" for number in range(12)))
    taker = a_taker("310001", curriculum=the_curriculum({(1, "FIRST"): many}))
    a_past(taker.student, many[0], "PASSED")
    head = a_browser(a_head())
    place = at("ask_overload", taker.id)

    assert "310001" in text_of(head.get(at("loads")))
    assert "33 units" in text_of(head.get(place))
    assert head.post(place, {"units": "37", "reason": WHY}).status_code == 422
    assert head.post(place, {"units": "36", "reason": "no"}).status_code == 422
    assert head.post(place, {"units": "36", "reason": WHY}).status_code == 303

    assert ApprovalRequest.objects.get().payload["units"] == "36"
    taker.refresh_from_db()
    assert taker.max_units == 30
    assert a_browser(a_member(roles.PROGRAM_HEAD)).get(place).status_code == 404
    assert a_browser(a_cashier()).get(at("loads")).status_code == 403


def test_a_professor_learns_the_faces_of_the_own_class_and_each_photo_opens_by_its_own_link(taken, folder):
    section, student = row_of(taken, "IT 101").section, taken.student
    address, registrar = at("roster", section.id), a_registrar()
    before = text_of(a_browser(registrar).get(address, {"view": "photos"}))
    assert 'class="rb-portrait-initials"' in before
    assert "<img" not in before
    replace_photo(registrar, person_id=student.person_id, content=a_jpeg(), name="face.jpg")

    looked = AccessEntry.objects.count()
    page = text_of(a_browser(registrar).get(address, {"view": "photos"}))
    link = re.search(r'<img src="(/files/open/[^"]+)"', page).group(1)

    assert AccessEntry.objects.count() == looked + 1
    assert Client().get(link)["Content-Type"] == "image/jpeg"
    assert Client().get(f"{link[:-3]}AA/").status_code == 404
    for stranger in (a_member(roles.PROFESSOR), a_member(roles.PROGRAM_HEAD)):
        assert a_browser(stranger).get(address, {"view": "photos"}).status_code in (403, 404)
    remove_photo(registrar, person_id=student.person_id, reason="Not a photo of the student")
    assert "<img" not in text_of(a_browser(registrar).get(address, {"view": "photos"}))
    assert Client().get(link).status_code in (404, 410)


def test_a_class_list_leaves_as_a_file_and_that_is_noted(taken):
    section = row_of(taken, "IT 101").section
    browser = a_browser(a_registrar())

    as_csv = browser.get(at("roster", section.id), {"export": "csv"})
    lines = (
        b"".join(as_csv.streaming_content if as_csv.streaming else [as_csv.content]).decode("utf-8-sig").splitlines()
    )
    assert lines[0].split(",")[:2] == ["Name", "Number"]
    assert "310001" in lines[1]
    as_xlsx = browser.get(at("roster", section.id), {"export": "xlsx"})
    content = b"".join(as_xlsx.streaming_content if as_xlsx.streaming else [as_xlsx.content])
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert any("310001" in map(str, row) for row in rows)
    assert AuditEntry.objects.filter(action="web.list_exported").count() == 2

    assert f'href="/schedule/sections/{section.id}/"' in browser.get(at("roster", section.id)).content.decode()
    assert a_browser(a_cashier()).get(at("roster", section.id), {"export": "csv"}).status_code == 403
    assert a_browser(a_member(roles.PROFESSOR)).get(at("roster", section.id)).status_code == 404


def test_a_class_leads_to_its_list(taken):
    section = row_of(taken, "IT 101").section

    page = text_of(a_browser(a_registrar()).get(reverse("schedule:section", args=[section.id])))

    assert at("roster", section.id) in page

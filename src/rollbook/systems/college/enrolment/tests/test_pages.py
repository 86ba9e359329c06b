"""Enrolment on the screen: the student's list and week, queues, the registrar's desk, the adviser's queue, rosters."""

import pytest
from django.urls import reverse

from rollbook.core.ids import new_id
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.enrolment.examples import a_class, a_taker, fill, item, subjects, the_student
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.advising import submit_list
from rollbook.systems.college.enrolment.services.dropping import drop
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.enrolment.services.waiting import join_waitlist
from rollbook.systems.college.examples import a_browser, a_member, a_registrar
from rollbook.systems.college.records.models import Override


def at(name, *args):
    return reverse(f"enrolment:{name}", args=args)


def cart(*sections, **more):
    ticked = {"subject": [str(one.subject_id) for one in sections], "idempotency_key": str(new_id())}
    return {**ticked, **{f"section-{one.subject_id}": str(one.id) for one in sections}, **more}


def test_a_student_sees_reasons_ticks_two_subjects_and_enrols(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(2, "08:00", "09:30"))
    enrolment = a_taker()
    client = a_browser(the_student(enrolment))

    shown = client.get(at("own_enrol"))
    assert shown.status_code == 200
    for words in ("Due in year 1, first semester", "0 of 30 units", "IT 101", "40 seats free"):
        assert words in shown.content.decode()
    preview = client.post(at("own_preview", enrolment.id), cart(one, two)).content.decode()
    assert "6 of 30 units" in preview
    assert "Monday" in preview
    assert not SubjectEnrolment.objects.exists()
    done = client.post(at("own_enrol_in", enrolment.id), cart(one, two), follow=True).content.decode()
    assert "Enrolled in 2 subjects: 6 units." in done
    week = client.get(at("own_timetable")).content.decode()
    assert "IT 101" in week
    assert "08:00–09:30" in week


def test_a_refused_list_names_every_rule_with_its_fix_and_keeps_what_was_ticked(tenant):
    first, second = subjects("IT 101", "IT 102")
    a_prerequisite(second, "IT 101")
    one, two = a_class(first), a_class(second)
    enrolment = a_taker()
    client = a_browser(the_student(enrolment))

    refused = client.post(at("own_enrol_in", enrolment.id), cart(one, two))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "IT 102 asks for: IT 101: not taken." in page
    assert "Enrol only in what is possible" in page
    assert not SubjectEnrolment.objects.exists()
    client.post(at("own_enrol_in", enrolment.id), cart(one, two, partial="yes"))
    assert list(SubjectEnrolment.objects.values_list("subject__code", flat=True)) == ["IT 101"]


def test_the_same_form_sent_twice_enrols_once(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    client, sent = a_browser(the_student(enrolment)), cart(section)

    answers = [client.post(at("own_enrol_in", enrolment.id), sent).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert SubjectEnrolment.objects.count() == 1


def test_sections_are_looked_at_taken_held_let_go_and_dropped(tenant):
    section, other = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("IT 101", "B", capacity=1)
    fill(other, 1)
    enrolment = a_taker()
    client = a_browser(the_student(enrolment))

    page = client.get(at("own_sections", enrolment.id, section.subject_id)).content.decode()
    assert "Enrol in A" in page
    assert "Wait for a seat in B" in page
    assert client.get(at("take", enrolment.id, section.id)).status_code == 405
    client.post(at("take", enrolment.id, section.id), {"hold": "yes"})
    row = SubjectEnrolment.objects.get(term_enrolment=enrolment)
    assert "held until" in client.get(at("own_enrol")).content.decode()
    client.post(at("renew", row.id))
    client.post(at("release", row.id))
    row.refresh_from_db()
    assert (row.state, row.was_renewed) == ("REMOVED", True)
    client.post(at("take", enrolment.id, section.id))
    taken = SubjectEnrolment.objects.get(term_enrolment=enrolment, state="ENROLLED")
    assert client.get(at("drop", taken.id)).status_code == 200
    client.post(at("drop", taken.id), {"reason": "Too early"})
    taken.refresh_from_db()
    assert (taken.state, taken.end_reason) == ("DROPPED", "Too early")


def test_a_seat_that_is_offered_is_accepted_on_the_waitlist_page(tenant):
    section = a_class("IT 101", capacity=1)
    holder, enrolment = a_taker("310002"), a_taker()
    taken = enrol(the_student(holder), term_enrolment_id=holder.id, items=[item(section)])
    client = a_browser(the_student(enrolment))

    client.post(at("join", enrolment.id, section.id))
    assert "Number 1 in the queue" in client.get(at("own_waits")).content.decode()
    drop(the_student(holder), subject_enrolment_ids=[taken.row_ids[section.id]])
    row = SubjectEnrolment.objects.get(term_enrolment=enrolment)
    assert "Accept the seat in IT 101" in client.get(at("own_waits")).content.decode()
    client.post(at("accept", row.id))
    row.refresh_from_db()
    assert row.state == "ENROLLED"


def test_the_desk_names_the_broken_rule_its_consequence_and_takes_a_reason(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(1, "09:00", "10:00"))
    enrolment = a_taker()
    enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(one)])
    client = a_browser(a_registrar())

    assert "Put into a class" in client.get(at("desk", enrolment.id)).content.decode()
    found = client.post(at("desk", enrolment.id), {"code": "math 1"})
    assert found.headers["Location"] == at("desk_sections", enrolment.id, two.subject_id)
    assert "against a rule" in client.get(found.headers["Location"]).content.decode()
    dialog = client.get(at("put_in", enrolment.id, two.id)).content.decode()
    assert "overlaps IT 101 A" in dialog
    assert "The student cannot attend both classes in full." in dialog
    assert client.post(at("put_in", enrolment.id, two.id), {"reason_SCHEDULE_CONFLICT": "ok"}).status_code == 422
    assert not Override.objects.filter(kind="SCHEDULE_CONFLICT").exists()
    client.post(at("put_in", enrolment.id, two.id), {"reason_SCHEDULE_CONFLICT": "thesis defence slot approved"})
    assert SubjectEnrolment.objects.get(section=two).state == "ENROLLED"
    assert "thesis defence slot approved" in client.get(at("desk", enrolment.id)).content.decode()


def test_a_rule_that_a_registrar_may_not_set_aside_offers_no_form(tenant):
    first, second = subjects("IT 101", "IT 102")
    a_prerequisite(second, "IT 101")
    section, enrolment = a_class(second), a_taker()

    page = a_browser(a_registrar()).get(at("put_in", enrolment.id, section.id)).content.decode()

    assert "Back to the desk" in page
    assert "reason_PREREQUISITE" not in page
    assert first.code in page


def test_the_desk_drops_and_cancels_with_a_reason(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section)])
    client, row = a_browser(a_registrar()), SubjectEnrolment.objects.get()

    assert client.get(at("desk_drop", row.id)).status_code == 200
    client.post(at("desk_drop", row.id), {"reason": "Asked by letter", "override": ""})
    row.refresh_from_db()
    assert row.state == "DROPPED"
    assert client.post(at("cancel", enrolment.id), {"reason": "no"}).status_code == 422
    client.post(at("cancel", enrolment.id), {"reason": "Moves to another town"})
    assert TermEnrolment.objects.get(id=enrolment.id).state == "CANCELLED"


def test_the_adviser_approves_many_and_returns_one(tenant):
    subjects("IT 101")
    one, two, three = (a_taker(f"31000{number}") for number in range(1, 4))
    for enrolment in (one, two, three):
        submit_list(the_student(enrolment), term_enrolment_id=enrolment.id)
    head = a_member(roles.PROGRAM_HEAD)
    Programme.objects.update(head=head.membership_id)
    client = a_browser(head)

    assert "3 lists wait for you." in client.get(at("advising")).content.decode()
    client.post(at("advising"), {"row": [str(one.id), str(two.id)]})
    client.post(at("return_list", three.id), {"reason": "Take the laboratory as well"})
    assert dict(TermEnrolment.objects.values_list("id", "advising_state")) == {
        one.id: "APPROVED", two.id: "APPROVED", three.id: "RETURNED",
    }  # fmt: skip
    stranger = a_browser(a_member(roles.PROGRAM_HEAD))
    assert "0 lists wait" in stranger.get(at("advising")).content.decode()
    assert stranger.get(at("return_list", three.id)).status_code == 404


def test_a_class_list_shows_names_numbers_and_programmes(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section)])

    page = a_browser(a_registrar()).get(at("roster", section.id)).content.decode()

    assert "310001" in page
    assert "1 student" in page


@pytest.mark.parametrize("name", ["own_enrol", "own_timetable", "own_waits"])
def test_a_student_without_a_term_is_told_what_will_be_here(tenant, name):
    student = a_member(roles.STUDENT)

    page = a_browser(student).get(at(name))

    assert page.status_code == 200
    assert "rb-empty" in page.content.decode()


@pytest.mark.parametrize("name", ["own_enrol", "advising"])
def test_others_have_no_business_here(tenant, name):
    assert a_browser(a_member(roles.CASHIER)).get(at(name)).status_code == 403


def test_another_students_term_and_classes_are_not_found(tenant):
    section, enrolment, other = a_class("IT 101"), a_taker(), a_taker("310002")
    waiting = join_waitlist(the_student(other), term_enrolment_id=other.id, section_id=section.id)
    client = a_browser(the_student(enrolment))

    assert client.get(at("own_enrol_in", other.id)).status_code == 404
    assert client.get(at("own_timetable_of", other.id)).status_code == 404
    assert client.post(at("take", other.id, section.id)).status_code == 404
    assert client.post(at("accept", waiting.id)).status_code == 404
    assert client.get(at("drop", waiting.id)).status_code == 404

"""Programmes and terms: added, changed, moved, refused."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue import selectors, services
from rollbook.systems.college.catalogue.errors import (
    CodeTaken,
    ProgrammeNotFound,
    TermCannotMove,
    TermIsClosed,
    TermNotFound,
    TermStandsAlready,
)
from rollbook.systems.college.catalogue.events import TermAdded
from rollbook.systems.college.catalogue.models import Programme, Term, TermWindow
from rollbook.systems.college.catalogue.services import Span
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar, a_term, an_administrator

FIRST_2031 = {
    "code": "2031-1", "academic_year": "2031-2032", "kind": "FIRST", "starts_on": date(2031, 8, 1),
    "ends_on": date(2031, 12, 31),
}  # fmt: skip


def test_a_registrar_adds_a_programme_and_the_audit_says_so(tenant):
    programme = services.add_programme(
        a_registrar(), code=" BSIT ", name="Bachelor of  Science in IT", duration_years=4
    )

    assert (programme.code, programme.name, programme.total_units_required) == (
        "BSIT",
        "Bachelor of Science in IT",
        120,
    )
    entry = AuditEntry.objects.get(action="college.programme_added")
    assert entry.target_id == programme.id
    assert entry.changes["code"] == {"before": None, "after": "BSIT"}


def test_a_cashier_may_not_add_a_programme_and_nothing_is_written(tenant):
    with pytest.raises(Forbidden):
        services.add_programme(a_cashier(), code="BSIT", name="Bachelor of Science in IT")

    assert not Programme.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_head_of_a_programme_is_a_member_of_this_college(tenant):
    programme = a_programme("BSIT")

    with pytest.raises(Invalid) as refusal:
        services.change_programme(a_registrar(), programme_id=programme.id, head_id=programme.id)

    assert [error["field"] for error in refusal.value.errors] == ["head_id"]
    programme.refresh_from_db()
    assert programme.head_id is None


def test_a_code_that_is_taken_in_other_letters_is_refused(tenant):
    a_programme("BSIT")

    with pytest.raises(CodeTaken) as refusal:
        services.add_programme(a_registrar(), code="bsit", name="Another")

    assert refusal.value.detail.startswith("bsit is already there as a programme.")
    assert Programme.objects.count() == 1


def test_a_programme_of_nine_years_is_refused_by_the_field(tenant):
    with pytest.raises(Invalid) as refusal:
        services.add_programme(a_registrar(), code="BSX", name="Long", duration_years=9, total_units_required=0)

    assert [error["field"] for error in refusal.value.errors] == ["duration_years", "total_units_required"]


def test_the_database_refuses_a_programme_of_nine_years_too(tenant):
    with pytest.raises(IntegrityError, match="college_programme_measures"), transaction.atomic():
        a_programme("BSX", duration_years=9)


def test_two_people_change_one_programme_and_the_second_is_told(tenant):
    programme = a_programme("BSIT")
    services.change_programme(a_registrar(), programme_id=programme.id, expected_version=1, is_active=False)

    with pytest.raises(VersionConflict):
        services.change_programme(a_registrar(), programme_id=programme.id, expected_version=1, name="Other")

    programme.refresh_from_db()
    assert (programme.is_active, programme.name, programme.version) == (False, "Bachelor of BSIT", 2)


def test_another_college_cannot_change_or_see_the_programme(organisation, other_organisation):
    with tenant_scope(organisation.id):
        programme = a_programme("BSIT")
    with tenant_scope(other_organisation.id):
        registrar = a_registrar()
        assert list(selectors.programmes(registrar)) == []
        with pytest.raises(ProgrammeNotFound):
            services.change_programme(registrar, programme_id=programme.id, name="Taken over")


def test_a_term_is_set_up_with_its_windows_and_others_hear_of_it(tenant, monkeypatch):
    heard = []
    monkeypatch.setitem(events._subscribers, TermAdded, [heard.append])
    registrar = a_registrar()

    term = services.add_term(registrar, **FIRST_2031, windows={"ENROLMENT": Span(date(2031, 7, 1), date(2031, 7, 31))})

    assert (term.state, term.is_current) == ("SETUP", False)
    assert heard == [TermAdded(actor=registrar, term_id=term.id)]
    window = TermWindow.objects.get(term_id=term.id)
    assert [window.is_open_on(date(2031, 7, day)) for day in (1, 31)] == [True, True]
    assert selectors.is_window_open(term.id, "ENROLMENT", date(2031, 8, 1)) is False


def test_the_same_semester_of_a_year_is_refused_under_another_code(tenant):
    services.add_term(a_registrar(), **FIRST_2031)

    with pytest.raises(TermStandsAlready) as refusal:
        services.add_term(a_registrar(), **{**FIRST_2031, "code": "AY31-1"})

    assert refusal.value.detail == "The first semester of 2031-2032 is already there. Change that one instead."
    assert Term.objects.count() == 1


def test_a_term_that_ends_before_it_begins_and_a_window_that_closes_before_it_opens_are_refused(tenant):
    with pytest.raises(Invalid) as refusal:
        services.add_term(a_registrar(), **{**FIRST_2031, "ends_on": date(2031, 7, 31), "academic_year": "2031-2033"})
    assert [error["field"] for error in refusal.value.errors] == ["academic_year", "ends_on"]

    with pytest.raises(Invalid) as refusal:
        services.add_term(a_registrar(), **FIRST_2031, windows={"ENROLMENT": Span(date(2031, 8, 2), date(2031, 8, 1))})
    assert refusal.value.errors[0]["field"] == "windows.ENROLMENT"
    assert not Term.objects.exists()


def test_windows_are_moved_added_and_taken_away(tenant):
    term = services.add_term(
        a_registrar(), **FIRST_2031, windows={"ENROLMENT": Span(date(2031, 7, 1), date(2031, 7, 31))}
    )

    services.change_term(
        a_registrar(),
        term_id=term.id,
        windows={"ENROLMENT": None, "ADD_DROP": Span(date(2031, 8, 1), date(2031, 8, 14))},
        expected_version=1,
    )

    assert list(TermWindow.objects.values_list("kind", "closes_on")) == [("ADD_DROP", date(2031, 8, 14))]


def test_a_term_walks_through_its_states_and_only_forward(tenant):
    admin = an_administrator()
    term = a_term(state=Term.State.SETUP)
    for state in ("ENROLMENT_OPEN", "IN_PROGRESS", "GRADING", "CLOSED", "ARCHIVED"):
        assert services.move_term(admin, term_id=term.id, state=state).state == state

    with pytest.raises(TermCannotMove) as refusal:
        services.move_term(admin, term_id=term.id, state="SETUP")

    assert refusal.value.detail == (
        "2031-1 is archived and cannot become being set up from there. Next it can become: nothing more."
    )
    with pytest.raises(TermIsClosed):
        services.change_term(a_registrar(), term_id=term.id, ends_on=date(2032, 1, 5))


def test_a_registrar_does_not_open_or_close_terms(tenant):
    term = a_term(state=Term.State.SETUP)

    with pytest.raises(Forbidden):
        services.move_term(a_registrar(), term_id=term.id, state="ENROLMENT_OPEN")

    term.refresh_from_db()
    assert term.state == "SETUP"


def test_one_term_is_current_and_the_one_before_gives_way(tenant):
    admin, first, second = an_administrator(), a_term("2031-1"), a_term("2031-2")
    services.set_current_term(admin, term_id=first.id)
    services.set_current_term(admin, term_id=second.id)
    services.set_current_term(admin, term_id=second.id)

    assert selectors.current_term() == second
    assert list(Term.objects.filter(is_current=True)) == [second]
    assert AuditEntry.objects.filter(action="college.term_made_current").count() == 2


def test_the_database_refuses_two_current_terms_of_one_campus(tenant):
    a_term("2031-1", is_current=True)

    with pytest.raises(IntegrityError, match="college_term_one_current"), transaction.atomic():
        a_term("2031-2", is_current=True)


def test_another_colleges_term_is_not_found(organisation, other_organisation):
    with tenant_scope(organisation.id):
        term = a_term()
    with tenant_scope(other_organisation.id):
        system = Actor.system(other_organisation.id, job="test")
        with pytest.raises(TermNotFound):
            services.move_term(system, term_id=term.id, state="IN_PROGRESS")
        with pytest.raises(TermNotFound):
            services.set_current_term(system, term_id=term.id)

"""Subjects: added, changed, refused, made anew; what stands for what."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import change as change_policy
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue import policies, selectors, services
from rollbook.systems.college.catalogue.errors import (
    CodeTaken,
    EquivalencyEnded,
    EquivalencyNotFound,
    EquivalencyStands,
    SubjectDecided,
    SubjectInUse,
    SubjectNotFound,
    SubjectReplaced,
)
from rollbook.systems.college.catalogue.events import SubjectMeasuresChanging
from rollbook.systems.college.catalogue.examples import a_curriculum, a_prerequisite, a_subject
from rollbook.systems.college.catalogue.models import Equivalency, PrerequisiteRule, Subject
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar

THREE = Decimal(3)


def test_a_registrar_adds_a_subject_and_the_audit_says_so(tenant):
    subject = services.add_subject(
        a_registrar(), code=" IT  101 ", title="Introduction to  Computing", lecture_units=Decimal(2),
        lab_units=Decimal(1), tags=["Programming", "web", "programming"],
    )  # fmt: skip

    assert (subject.code, subject.title, subject.units) == ("IT 101", "Introduction to Computing", THREE)
    assert subject.tags == ["programming", "web"]
    assert AuditEntry.objects.get(action="college.subject_added").changes["code"]["after"] == "IT 101"


def test_a_cashier_may_not_add_a_subject_and_nothing_is_written(tenant):
    with pytest.raises(Forbidden):
        services.add_subject(a_cashier(), code="IT 101", title="Computing", lecture_units=THREE)

    assert not Subject.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_code_that_is_taken_in_other_letters_is_refused(tenant):
    a_subject("IT 101")

    with pytest.raises(CodeTaken):
        services.add_subject(a_registrar(), code="it 101", title="Computing", lecture_units=THREE)

    assert Subject.objects.count() == 1


@pytest.mark.rule("R11")
@pytest.mark.parametrize(
    ("measures", "fields"),
    [
        ({"lecture_units": Decimal(0)}, ["lecture_units"]),
        ({"lecture_units": Decimal(11)}, ["lecture_units"]),
        ({"lecture_units": Decimal(-1), "lab_units": Decimal(4)}, ["lecture_units"]),
        ({"lecture_units": Decimal("1.5"), "lab_units": Decimal("1.5")}, ["lecture_units", "lab_units"]),
        ({"lecture_units": THREE, "is_credit": False}, ["lecture_units"]),
        ({"lecture_units": THREE, "category": "CORE"}, ["category"]),
        ({"lecture_units": THREE, "tags": ["two words"]}, ["tags"]),
        ({"lecture_units": THREE, "hours_per_week": Decimal(61)}, ["hours_per_week"]),
    ],
)
def test_units_that_no_subject_has_are_refused_by_their_field(tenant, measures, fields):
    with pytest.raises(Invalid) as refusal:
        services.add_subject(a_registrar(), code="IT 101", title="Computing", **measures)

    assert [error["field"] for error in refusal.value.errors] == fields
    assert not Subject.objects.exists()


@pytest.mark.rule("R11")
def test_a_subject_without_credit_has_no_units_and_halves_are_a_setting(tenant):
    orientation = services.add_subject(
        a_registrar(), code="ORI", title="Orientation", lecture_units=Decimal(0), is_credit=False
    )
    assert orientation.units == 0

    system = Actor.system(tenant.id, job="tests")
    change_policy(system, policies.HALF_UNITS, True, None, "Laboratory work counts half.")
    halves = services.add_subject(
        a_registrar(), code="PHY L", title="Physics", lecture_units=Decimal("2.5"), lab_units=Decimal("0.5")
    )
    assert halves.units == THREE
    with pytest.raises(Invalid):
        services.add_subject(a_registrar(), code="PHY M", title="Physics", lecture_units=Decimal("2.3"))


@pytest.mark.rule("R11")
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"units": "0.5", "is_credit": True}, "units_fit"),
        ({"units": "0", "is_credit": True}, "units_fit"),
        ({"units": "2", "is_credit": False}, "units_fit"),
        ({"units": "10", "lab_units": Decimal("0.5")}, "units_fit"),
        ({"units": "2.3"}, "units_in_halves"),
        ({"units": "4", "lab_units": Decimal(-1)}, "units_in_halves"),
        ({"units": "3", "title": ""}, "has_words"),
        ({"units": "3", "hours_per_week": Decimal(61)}, "hours_fit"),
    ],
)
def test_the_database_refuses_such_units_too(tenant, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_subject("IT 101", **fields)


@pytest.mark.rule("R63")
def test_the_code_of_a_subject_stays_and_no_subject_is_deleted(tenant):
    subject = a_subject("IT 101")

    for attack in ("UPDATE college_catalogue_subject SET code = 'X'", "DELETE FROM college_catalogue_subject"):
        with pytest.raises(Exception, match="keeps what was recorded|permission denied"), transaction.atomic():
            connection.cursor().execute(
                f"{attack} WHERE organisation_id = %s AND id = %s", [subject.organisation_id, subject.id]
            )
    subject.refresh_from_db()
    assert subject.code == "IT 101"


def test_a_subject_is_changed_and_the_second_of_two_people_is_told(tenant):
    subject = a_subject("IT 101")

    services.change_subject(
        a_registrar(), subject_id=subject.id, expected_version=1, title="Computing", is_active=False
    )

    subject.refresh_from_db()
    assert (subject.title, subject.is_active, subject.version) == ("Computing", False, 2)
    with pytest.raises(VersionConflict):
        services.change_subject(a_registrar(), subject_id=subject.id, expected_version=1, title="Other")


@pytest.fixture
def enrolled(monkeypatch):
    """Somebody above the catalogue knows of live enrolments."""

    def refuse(event):
        raise SubjectInUse(subject=event.code)

    monkeypatch.setitem(events._subscribers, SubjectMeasuresChanging, [refuse])


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "change",
    [{"lecture_units": Decimal(2)}, {"lab_units": Decimal(1)}, {"category": "MINOR"}, {"grading_basis": "PASS_FAIL"}],
)
def test_what_a_subject_counts_stays_while_students_are_in_it(tenant, enrolled, change):
    subject = a_subject("IT 101")

    with pytest.raises(SubjectInUse) as refusal:
        services.change_subject(a_registrar(), subject_id=subject.id, **change)

    assert refusal.value.detail.startswith("IT 101 has students in it. Make a new version")
    subject.refresh_from_db()
    assert (subject.units, subject.category, subject.version) == (THREE, "MAJOR", 1)


@pytest.mark.rule("R12")
def test_what_it_is_called_changes_all_the_same(tenant, enrolled):
    subject = a_subject("IT 101")

    assert services.change_subject(a_registrar(), subject_id=subject.id, title="Computing I").title == "Computing I"


@pytest.mark.rule("R12")
def test_what_a_subject_counts_stays_in_an_approved_curriculum_but_not_in_a_draft(tenant):
    decided, drafted = a_subject("IT 101"), a_subject("IT 102")
    programme = a_programme("BSIT")
    a_curriculum(programme, {(1, "FIRST"): [decided]}, name="BSIT 2026", state="APPROVED")
    a_curriculum(programme, {(1, "FIRST"): [drafted]}, name="BSIT 2027", state="DRAFT")

    with pytest.raises(SubjectDecided) as refusal:
        services.change_subject(a_registrar(), subject_id=decided.id, lecture_units=Decimal(2))
    assert refusal.value.facts == {"subject": "IT 101", "curriculum": "BSIT 2026"}
    assert services.change_subject(a_registrar(), subject_id=drafted.id, lecture_units=Decimal(2)).units == 2


@pytest.mark.rule("R12")
def test_a_new_version_takes_over_what_was_asked_and_each_stands_for_the_other(tenant, frozen_clock):
    first, old = a_subject("IT 100"), a_subject("IT 101", tags=["web"])
    a_prerequisite(old, "IT 100")

    new = services.make_new_version(a_registrar(), subject_id=old.id, code="IT 101A", lecture_units=Decimal(4))

    old.refresh_from_db()
    assert (new.units, new.tags, new.replaces_id, new.is_active, old.is_active) == (4, ["web"], old.id, True, False)
    assert PrerequisiteRule.objects.get(subject=new).tree["subject_id"] == str(first.id)
    today = Equivalency.objects.get().effective_from
    assert selectors.equivalents_on(today) == {new.id: frozenset({old.id}), old.id: frozenset({new.id})}
    with pytest.raises(SubjectReplaced) as refusal:
        services.make_new_version(a_registrar(), subject_id=old.id, code="IT 101B")
    assert refusal.value.facts["replacement"] == "IT 101A"


def test_another_college_has_other_subjects(organisation, other_organisation):
    with tenant_scope(organisation.id):
        subject = a_subject("IT 101")

    with tenant_scope(other_organisation.id):
        with pytest.raises(SubjectNotFound):
            services.change_subject(a_registrar(), subject_id=subject.id, title="Taken over")
        assert services.add_subject(a_registrar(), code="IT 101", title="Ours", lecture_units=THREE).version == 1


FIRST_DAY, LAST_DAY = date(2031, 6, 1), date(2031, 12, 31)


@pytest.fixture
def pair(tenant):
    return a_subject("MATH 1"), a_subject("MATH A")


def say(pair, **fields):
    return services.add_equivalency(
        a_registrar(), subject_id=pair[0].id, satisfies_id=pair[1].id, **{"effective_from": FIRST_DAY, **fields}
    )


@pytest.mark.rule("R20")
def test_one_subject_stands_for_another_on_its_days_and_one_way_only(pair):
    say(pair, effective_to=LAST_DAY)

    asked = {pair[1].id: frozenset({pair[0].id})}
    assert selectors.equivalents_on(FIRST_DAY) == selectors.equivalents_on(LAST_DAY) == asked
    assert selectors.equivalents_on(date(2031, 5, 31)) == selectors.equivalents_on(date(2032, 1, 1)) == {}


@pytest.mark.rule("R20")
def test_an_equivalency_of_one_curriculum_holds_only_there(pair):
    curriculum = a_curriculum(a_programme("BSIT"), {(1, "FIRST"): [pair[1]]})
    say(pair, curriculum_id=curriculum.id, is_two_way=True)

    assert selectors.equivalents_on(FIRST_DAY) == {}
    assert set(selectors.equivalents_on(FIRST_DAY, curriculum.id)) == {pair[0].id, pair[1].id}


def test_an_equivalency_is_said_once_and_ends_once(pair):
    found = say(pair)
    with pytest.raises(EquivalencyStands):
        say(pair, effective_from=date(2032, 1, 1))

    services.end_equivalency(a_registrar(), equivalency_id=found.id, last_day=LAST_DAY)

    assert selectors.equivalents_on(date(2032, 1, 1)) == {}
    with pytest.raises(EquivalencyEnded):
        services.end_equivalency(a_registrar(), equivalency_id=found.id, last_day=LAST_DAY)
    assert say(pair, effective_from=date(2032, 1, 1)).effective_to is None


def test_an_equivalency_that_makes_no_sense_is_refused(pair):
    with pytest.raises(Invalid) as refusal:
        services.add_equivalency(
            a_registrar(), subject_id=pair[0].id, satisfies_id=pair[0].id, effective_from=LAST_DAY,
            effective_to=FIRST_DAY,
        )  # fmt: skip
    assert [error["field"] for error in refusal.value.errors] == ["satisfies_id", "effective_to"]

    found = say(pair)
    with pytest.raises(Invalid):
        services.end_equivalency(a_registrar(), equivalency_id=found.id, last_day=date(2031, 5, 31))
    with pytest.raises(EquivalencyNotFound):
        services.end_equivalency(a_registrar(), equivalency_id=pair[0].id, last_day=LAST_DAY)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [({"satisfies": "self"}, "of_two"), ({"effective_to": date(2031, 5, 1)}, "days_in_order"), ({}, "one_open")],
)
def test_the_database_refuses_such_equivalencies_too(pair, fields, constraint):
    say(pair)
    named = {"satisfies": pair[1], "effective_from": FIRST_DAY, **fields}
    if named["satisfies"] == "self":
        named["satisfies"] = pair[0]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Equivalency.objects.create(subject=pair[0], **named)

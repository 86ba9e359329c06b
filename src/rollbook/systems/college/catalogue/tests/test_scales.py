"""Grade scales: shipped exactly, versioned, never changed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import change as change_policy
from rollbook.systems.college.catalogue import policies, selectors, services
from rollbook.systems.college.catalogue.errors import GradeScaleNotFound, ScaleChangedMeanwhile
from rollbook.systems.college.catalogue.models import GradeScale, GradeValue
from rollbook.systems.college.catalogue.shipped_scales import PH_5, Mark
from rollbook.systems.college.examples import a_registrar, an_administrator

TODAY, LATER = date(2031, 8, 1), date(2032, 8, 1)


def shipped(code):
    scale = GradeScale.objects.get(code=code)
    marks = [
        (mark.symbol, mark.numeric, mark.kind, mark.passes, mark.counts_in_gpa, mark.earns_units)
        for mark in selectors.marks_of(scale.id)
    ]
    return scale, marks


def test_the_philippine_scale_is_shipped_as_the_specification_has_it(tenant):
    services.ensure_shipped_scales()

    scale, marks = shipped("PH_5")

    passing = ["1.00", "1.25", "1.50", "1.75", "2.00", "2.25", "2.50", "2.75", "3.00"]
    assert (scale.direction, scale.minimum_pass, scale.version_number) == ("LOWER_BETTER", Decimal("3.00"), 1)
    assert marks == [
        *((symbol, Decimal(symbol), "NUMERIC", True, True, True) for symbol in passing),
        ("5.00", Decimal("5.00"), "NUMERIC", False, True, False),
        ("INC", None, "INC", False, False, False),
        ("NG", None, "NO_GRADE", False, False, False),
        ("DRP", None, "DROPPED", False, False, False),
        ("W", None, "WITHDRAWN", False, False, False),
        ("P", None, "PASS", True, False, True),
        ("F*", None, "FAIL", False, False, False),
        ("CR", None, "CREDITED", True, False, True),
    ]


def test_the_american_scale_is_shipped_as_the_specification_has_it(tenant):
    services.ensure_shipped_scales()

    scale, marks = shipped("US_4")

    assert (scale.direction, scale.minimum_pass) == ("HIGHER_BETTER", Decimal("1.00"))
    assert [(symbol, str(number)) for symbol, number, kind, *_ in marks if kind == "NUMERIC"] == [
        ("A", "4.00"), ("A-", "3.70"), ("B+", "3.30"), ("B", "3.00"), ("B-", "2.70"), ("C+", "2.30"), ("C", "2.00"),
        ("C-", "1.70"), ("D+", "1.30"), ("D", "1.00"), ("F", "0.00"),
    ]  # fmt: skip
    assert [symbol for symbol, number, *_ in marks if number is None] == ["INC", "W", "P", "CR"]
    assert [symbol for symbol, _, kind, passes, *_ in marks if kind == "NUMERIC" and not passes] == ["F"]


def test_a_college_that_has_none_gets_them_once(tenant):
    assert services.scale_in_force(TODAY).code == "PH_5"
    services.ensure_shipped_scales()
    services.scale_in_force(TODAY)

    assert GradeScale.objects.count() == 2
    assert GradeValue.objects.count() == 17 + 15


def test_the_scale_in_force_is_the_one_that_the_college_chose(tenant):
    system = Actor.system(tenant.id, job="tests")
    change_policy(system, policies.GRADE_SCALE, "US_4", TODAY, "We grade in letters.", confirmed_affected=0)

    assert services.scale_in_force(TODAY).code == "US_4"
    change_policy(system, policies.GRADE_SCALE, "XX", LATER, "A slip of the pen.", confirmed_affected=0)
    with pytest.raises(GradeScaleNotFound):
        services.scale_in_force(LATER)


def new_version(actor, **fields):
    asked = {
        "code": "PH_5", "name": PH_5.name, "direction": "LOWER_BETTER", "minimum_pass": Decimal("3.00"),
        "marks": [*PH_5.marks, Mark("4.00", "NUMERIC", Decimal("4.00"), counts_in_gpa=True)],
        "effective_from": LATER, "expected_number": 1, **fields,
    }  # fmt: skip
    return services.make_scale_version(actor, **asked)


def test_a_new_version_holds_from_its_day_and_the_old_one_stays(tenant):
    made = new_version(an_administrator())

    assert (made.version_number, services.scale_in_force(LATER).id) == (2, made.id)
    assert services.scale_in_force(TODAY).version_number == 1
    assert len(selectors.marks_of(made.id)) == 18
    assert AuditEntry.objects.get(action="college.grade_scale_made").target_id == made.id


def test_two_people_make_a_version_and_the_second_is_told(tenant):
    new_version(an_administrator())

    with pytest.raises(ScaleChangedMeanwhile) as refusal:
        new_version(an_administrator(), effective_from=date(2033, 1, 1))
    assert refusal.value.detail.startswith("PH_5 has version 2 already.")
    with pytest.raises(Invalid):
        new_version(an_administrator(), expected_number=2)
    with pytest.raises(Forbidden):
        new_version(a_registrar(), expected_number=2, effective_from=date(2033, 1, 1))
    assert GradeScale.objects.filter(code="PH_5").count() == 2


PASSING = Mark("2.00", "NUMERIC", Decimal("2.00"), passes=True, counts_in_gpa=True, earns_units=True)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (replace(PASSING, passes=False, earns_units=False), "2.00 must pass: the least pass is 3.00."),
        (replace(PASSING, symbol="4.00", numeric=Decimal("4.00")), "4.00 must fail: the least pass is 3.00."),
        (replace(PASSING, numeric=None), "2.00 is a grade, so it needs a number."),
        (Mark("X", "PASS", passes=True, counts_in_gpa=True), "X has no number, so it cannot count in the average."),
        (Mark("X", "FAIL", earns_units=True), "X does not pass, so it earns no units."),
        (Mark("x", "FAIL"), "Write a mark in 1 to 8 characters, letters as capitals."),
        (Mark("X", "OTHER"), "Choose one of: NUMERIC"),
    ],
)
def test_a_mark_that_contradicts_itself_is_refused(tenant, mark, message):
    with pytest.raises(Invalid) as refusal:
        new_version(an_administrator(), marks=[mark])

    assert refusal.value.errors[0]["field"] == "marks.0"
    assert refusal.value.errors[0]["message"].startswith(message)
    assert not GradeScale.objects.filter(version_number=2).exists()


def test_a_mark_is_there_once(tenant):
    with pytest.raises(Invalid) as refusal:
        new_version(an_administrator(), marks=[PASSING, PASSING])

    assert refusal.value.detail == "2.00 is there twice. Every mark is written in its own way."


def test_a_scale_of_the_colleges_own_begins_with_its_first_version(tenant):
    made = new_version(an_administrator(), code="hundred", expected_number=0)

    assert (made.code, made.version_number) == ("HUNDRED", 1)


def test_the_database_lets_no_scale_change(tenant):
    services.ensure_shipped_scales()

    for rows, change in ((GradeScale, {"minimum_pass": 5}), (GradeValue, {"passes": True})):
        for attack in (rows.objects.all().delete, lambda rows=rows, change=change: rows.objects.update(**change)):
            with pytest.raises(DatabaseError, match="is append-only|permission denied"), transaction.atomic():
                attack()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "NUMERIC", "counts_in_gpa": False}, "number_where_it_counts"),
        ({"counts_in_gpa": True}, "number_where_it_counts"),
        ({"earns_units": True}, "units_need_a_pass"),
        ({"symbol": "INC"}, "grade_symbol"),
        ({"position": 1}, "grade_position"),
    ],
)
def test_the_database_refuses_marks_that_contradict_themselves(tenant, fields, constraint):
    services.ensure_shipped_scales()
    scale = GradeScale.objects.get(code="PH_5")
    plain = {"symbol": "X", "kind": "FAIL", "passes": False, "counts_in_gpa": False, "earns_units": False}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GradeValue.objects.create(scale=scale, **{**plain, "position": 99, **fields})

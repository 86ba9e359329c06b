"""The demonstration's curricula are whole, sound, and loaded without a fault."""

import csv

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.site.demo.curricula import FOLDER, load_curricula
from rollbook.systems.college.catalogue import selectors
from rollbook.systems.college.catalogue.models import Curriculum, Subject
from rollbook.systems.college.examples import a_programme


@pytest.mark.rule("R10")
def test_three_programmes_of_four_years_are_put_in_force(tenant: Organisation) -> None:
    for code in ("BSIT", "BSBA", "BSED"):
        a_programme(code)

    assert load_curricula(Actor.system(tenant.id, job="tests")) == 3

    for curriculum in Curriculum.objects.select_related("programme"):
        plan, report = selectors.plan_of(curriculum.id), selectors.report_on(curriculum)
        assert (curriculum.state, report.faults, report.warnings) == ("ACTIVE", (), ())
        assert plan.last_year == 4
        assert {place.category for place in plan.places} == {"MAJOR", "MINOR", "ELECTIVE"}
        assert {place.semester for place in plan.places} == {"FIRST", "SECOND", "SUMMER"}
        assert 130 <= plan.total_units <= 180
        assert all(plan.units_at(year, semester) <= 30 for year in range(1, 5) for semester in ("FIRST", "SECOND"))
        assert all(plan.units_at(year, "SUMMER") <= 9 for year in range(1, 5))
    assert Subject.objects.filter(is_practicum=True).count() == 5
    assert Subject.objects.filter(lab_units__gt=0).count() > 30


def test_no_line_of_the_files_is_twice_the_same_subject() -> None:
    for path in FOLDER.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            codes = [row["code"] for row in csv.DictReader(file)]
        assert len(codes) == len(set(codes)) > 45

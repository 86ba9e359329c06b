"""The demonstration's curricula are whole, sound, and loaded without a fault."""

import csv

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.site.demo.curricula import FOLDER, load_curricula
from rollbook.systems.college.catalogue import selectors
from rollbook.systems.college.catalogue.models import Curriculum, Subject
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_programme, a_term
from rollbook.systems.college.fees.services.enroller import PlanEnroller
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import import_students


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


def test_students_who_come_by_file_follow_the_curriculum_of_their_programme(tenant: Organisation) -> None:
    system = Actor.system(tenant.id, job="tests")
    for code in ("BSIT", "BSBA", "BSED"):
        a_programme(code)
    load_curricula(system)
    a_term("2026-1")
    rows = [f"26000{number},Reyes {number},Ana,{code},2026-1" for number, code in enumerate(("BSIT", "BSBA", "BSED"))]

    content = "\n".join(["student_number,family_name,given_name,programme,term", *rows]).encode()
    import_students(system, file_name="demo.csv", content=content, enroller=PlanEnroller())

    followed = Student.objects.values_list("programme_id", "curriculum__programme_id")
    assert len(followed) == 3
    assert all(own == theirs for own, theirs in followed)
    assert TermEnrolment.objects.filter(curriculum__isnull=True).count() == 0

"""Which version of the programme's curriculum a student follows from the first day."""

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.admission import services as admission
from rollbook.systems.college.admission.examples import P5, a_ready_application, an_admission_officer, open_admission
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_programme, a_registrar, a_student, a_term
from rollbook.systems.college.fees.services.enroller import PlanEnroller
from rollbook.systems.college.records import services
from rollbook.systems.college.records.errors import ImportHasErrors
from rollbook.systems.college.records.models import Student

HEADING = "student_number,family_name,given_name,programme,term,year_level,curriculum"


def versions(programme):
    """One of 2026, one of 2030, and a draft."""
    old = a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 1")]}, name="BSIT 2026", year="2026-2027")
    new = a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 2")]}, name="BSIT 2030", year="2030-2031")
    a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 3")]}, name="BSIT 2031", year="2031-2032", state="DRAFT")
    return old, new


def imported(*rows):
    content = "\n".join([HEADING, *rows]).encode()
    return services.import_students(a_registrar(), file_name="s.csv", content=content, enroller=PlanEnroller())


def followed():
    return dict(Student.objects.values_list("student_number", "curriculum__name"))


def test_somebody_added_follows_what_is_in_force_in_their_first_year(tenant):
    programme, term = a_programme("BSIT"), a_term("2031-1")
    versions(programme)

    assert a_student("310001", programme=programme, term=term).curriculum.name == "BSIT 2030"
    earlier = a_term("2028-1")
    assert a_student("280001", programme=programme, term=earlier).curriculum.name == "BSIT 2026"
    assert a_student("310002", programme=a_programme("BSA"), term=term).curriculum is None


@pytest.mark.rule("R7")
def test_an_applicant_who_is_converted_follows_the_curriculum_of_the_intake(tenant):
    programme, _term = open_admission()
    newest = a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 2")]}, name="BSIT 2030", year="2030-2031")

    admission.admit(an_admission_officer(), application_id=a_ready_application().id, plan=P5)

    assert Student.objects.get().curriculum_id == newest.id
    assert TermEnrolment.objects.get().curriculum_id == newest.id


def test_students_of_a_file_follow_the_version_of_the_year_in_which_they_began(tenant):
    programme = a_programme("BSIT")
    a_term("2031-1")
    versions(programme)

    imported(
        "310001,Reyes,Ana,BSIT,2031-1,1,", "280001,Lim,Ben,BSIT,2031-1,4,", "310002,Cruz,Eva,BSIT,2031-1,1,bsit 2026"
    )

    assert followed() == {"310001": "BSIT 2030", "280001": "BSIT 2026", "310002": "BSIT 2026"}
    terms = dict(TermEnrolment.objects.values_list("student__student_number", "curriculum__name"))
    assert terms == followed()


def test_a_file_and_a_single_act_make_the_same_row(tenant):
    programme, term = a_programme("BSIT"), a_term("2031-1")
    versions(programme)

    imported("310001,Reyes,Ana,BSIT,2031-1,1,")
    a_student("310002", programme=programme, term=term)

    by_file, by_act = Student.objects.order_by("student_number")
    assert (by_file.curriculum_id, by_file.programme_id, by_file.kind) == (
        by_act.curriculum_id, by_act.programme_id, by_act.kind,
    )  # fmt: skip


def test_a_version_that_is_not_there_or_not_theirs_is_told_with_its_line(tenant):
    programme, term = a_programme("BSIT"), a_term("2031-1")
    versions(programme)
    a_student("310009", programme=programme, term=term, family_name="Santos", given_name="Leo")

    with pytest.raises(ImportHasErrors, match="BSIT has no curriculum BSIT 2031 in force"):
        imported("310001,Reyes,Ana,BSIT,2031-1,1,BSIT 2031")
    with pytest.raises(ImportHasErrors, match="This student follows another curriculum"):
        imported("310009,Santos,Leo,BSIT,2031-1,1,BSIT 2026")
    assert Student.objects.count() == 1


def test_where_no_version_fits_nobody_guesses(tenant):
    programme = a_programme("BSIT")
    a_term("2031-1")
    a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 2")]}, name="BSIT 2030", year="2030-2031")

    imported("280001,Lim,Ben,BSIT,2031-1,4,")

    assert followed() == {"280001": None}


def test_the_work_of_the_system_is_no_exception(tenant):
    programme, term = a_programme("BSIT"), a_term("2031-1")
    versions(programme)
    system = Actor.system(tenant.id, job="tests")

    content = f"{HEADING}\n310001,Reyes,Ana,BSIT,{term.code},,".encode()
    services.import_students(system, file_name="s.csv", content=content, enroller=PlanEnroller())

    assert followed() == {"310001": "BSIT 2030"}

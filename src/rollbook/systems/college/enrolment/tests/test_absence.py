"""Who stays away for two regular terms in a row is inactive, by the system; whoever comes back applies again."""

from collections.abc import Callable
from datetime import date

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.jobs import lapse
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_registrar, a_student, a_term
from rollbook.systems.college.records.jobs import follow_calendar
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.records.services import change_status, let_lapse, readmit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

#: After 2031-1 (August to December) and 2031-2 (January to May).
AFTER_TWO = "2032-06-01T00:00:00+00:00"


@pytest.fixture
def terms(frozen_clock: Callable[[str], None]) -> tuple[Term, Term]:
    frozen_clock("2031-07-01T00:00:00+00:00")
    return a_term("2031-1"), a_term("2031-2")


def in_term(student: Student, term: Term, state: str = "ACTIVE") -> None:
    TermEnrolment.objects.create(
        student=student, term=term, programme=student.programme, state=state,
        created_via=TermEnrolment.CreatedVia.REGISTRAR,
    )  # fmt: skip


def status_of(student: Student) -> str:
    return Student.objects.values_list("status", flat=True).get(id=student.id)


def test_two_regular_terms_without_enrolment_make_a_student_inactive(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    away = a_student("310001")
    frozen_clock("2032-05-31T12:00:00+00:00")
    assert lapse(organisation_id=organisation.id) == 0

    frozen_clock(AFTER_TWO)
    assert lapse(organisation_id=organisation.id) == 1

    assert status_of(away) == "INACTIVE"
    periods = StudentStatusPeriod.objects.filter(student=away).order_by("from_date")
    assert [(one.status, one.from_date, one.to_date, one.reason) for one in periods] == [
        ("ACTIVE", date(2031, 7, 1), date(2032, 5, 31), ""),
        ("INACTIVE", date(2032, 6, 1), None, "Not enrolled in 2031-1 and 2031-2"),
    ]
    entry = AuditEntry.objects.get(action="college.student_status_changed")
    assert (entry.actor_kind, entry.job, entry.target_id) == ("system", "college.enrolment.lapse_absent", away.id)
    assert entry.changes == {"status": {"before": "ACTIVE", "after": "INACTIVE"}}

    before = AuditEntry.objects.count()
    assert lapse(organisation_id=organisation.id) == 0
    assert (AuditEntry.objects.count(), StudentStatusPeriod.objects.filter(student=away).count()) == (before, 2)


@pytest.mark.parametrize("state", ["ACTIVE", "COMPLETED", "WITHDRAWN"])
@pytest.mark.parametrize("place", [0, 1])
def test_one_of_the_two_terms_is_enough_to_stay(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None], state: str, place: int
) -> None:
    here = a_student()
    in_term(here, terms[place], state)
    frozen_clock(AFTER_TWO)

    assert lapse(organisation_id=organisation.id) == 0
    assert status_of(here) == "ACTIVE"


@pytest.mark.parametrize("state", ["PENDING_PAYMENT", "CANCELLED"])
def test_a_term_that_was_opened_and_never_begun_is_no_enrolment(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None], state: str
) -> None:
    away = a_student()
    in_term(away, terms[0], state)
    in_term(away, terms[1], state)
    frozen_clock(AFTER_TWO)

    assert lapse(organisation_id=organisation.id) == 1
    assert status_of(away) == "INACTIVE"


def test_whoever_is_back_in_a_later_term_stays_and_a_summer_is_no_regular_term(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    back, away = a_student("310001"), a_student("310002")
    in_term(away, a_term("2030-2"))
    in_term(back, a_term("2031-S"))
    frozen_clock("2032-08-05T00:00:00+00:00")

    assert lapse(organisation_id=organisation.id) == 1
    assert (status_of(back), status_of(away)) == ("ACTIVE", "INACTIVE")


def test_a_leave_and_the_terms_before_somebody_came_do_not_count(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    on_leave, returned = a_student("310001"), a_student("310002")
    frozen_clock("2031-08-10T00:00:00+00:00")
    late = a_student("310003")
    for student, until in ((on_leave, None), (returned, date(2032, 1, 31))):
        change_status(
            a_registrar(), student_id=student.id, status="LOA", from_date=date(2031, 8, 10), to_date=until,
            reason="Works abroad for a year",
        )  # fmt: skip
    frozen_clock("2032-02-01T00:00:00+00:00")
    follow_calendar(organisation_id=organisation.id)
    frozen_clock(AFTER_TWO)

    assert lapse(organisation_id=organisation.id) == 0
    assert [status_of(one) for one in (on_leave, returned, late)] == ["LOA", "ACTIVE", "ACTIVE"]


def test_the_batch_writes_the_rows_of_the_single_act(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    one, other = a_student("310001"), a_student("310002")
    frozen_clock(AFTER_TWO)

    let_lapse(Actor.system(organisation.id, job="test"), [one.id], reason="Not enrolled in two terms")
    change_status(
        a_registrar(), student_id=other.id, status="INACTIVE", from_date=date(2032, 6, 1),
        reason="Not enrolled in two terms",
    )  # fmt: skip

    def rows(student: Student) -> list[tuple[object, ...]]:
        return list(
            StudentStatusPeriod.objects.filter(student=student)
            .order_by("from_date")
            .values_list("status", "from_date", "to_date", "reason", "document_id")
        )

    assert rows(one) == rows(other)
    versions = Student.objects.filter(id__in=[one.id, other.id]).values_list("status", "version")
    assert set(versions) == {("INACTIVE", 2)}
    entries = AuditEntry.objects.filter(action="college.student_status_changed").values_list(
        "changes", "facts", "reason"
    )
    assert len({str(entry) for entry in entries}) == 1


def test_an_inactive_student_is_active_again_by_an_application(
    terms: tuple[Term, Term], organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    away = a_student()
    frozen_clock(AFTER_TWO)
    lapse(organisation_id=organisation.id)
    frozen_clock("2032-06-05T00:00:00+00:00")

    readmit(Actor.system(organisation.id, job="test"), student_id=away.id, reference="APP-2032-000001")

    assert status_of(away) == "ACTIVE"
    frozen_clock("2032-07-01T00:00:00+00:00")
    assert lapse(organisation_id=organisation.id) == 0

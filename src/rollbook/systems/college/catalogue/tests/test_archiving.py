"""Terms that ended more than two years ago are archived; nothing of them goes."""

from collections.abc import Callable

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.tenancy.models import Organisation
from rollbook.systems.college.catalogue.jobs import archive_terms
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_student, a_term, an_enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def states() -> dict[str, str]:
    return dict(Term.objects.values_list("code", "state"))


@pytest.mark.rule("R60")
def test_closed_terms_of_more_than_730_days_ago_are_archived_and_their_records_stay(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    old, open_still = a_term("2031-1", state="CLOSED"), a_term("2030-2", state="GRADING")
    a_term("2031-2", state="CLOSED")
    an_enrolment(a_student(term=old), old)

    frozen_clock("2033-12-30T12:00:00+00:00")
    assert archive_terms(organisation_id=organisation.id) == 0
    frozen_clock("2033-12-31T12:00:00+00:00")
    assert archive_terms(organisation_id=organisation.id) == 1

    assert states() == {"2031-1": "ARCHIVED", "2031-2": "CLOSED", open_still.code: "GRADING"}
    assert TermEnrolment.objects.filter(term=old).count() == 1
    entry = AuditEntry.objects.get(action="college.term_moved")
    assert (entry.actor_kind, entry.target_id) == ("system", old.id)
    assert archive_terms(organisation_id=organisation.id) == 0


def test_the_current_term_is_not_archived(organisation: Organisation, frozen_clock: Callable[[str], None]) -> None:
    a_term("2031-1", state="CLOSED", is_current=True)
    frozen_clock("2040-01-01T00:00:00+00:00")

    assert archive_terms(organisation_id=organisation.id) == 0

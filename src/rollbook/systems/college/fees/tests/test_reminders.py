"""Payment reminders: on the 25th, or some days before a due day; once a month each (R61)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from rollbook.core import clock
from rollbook.core.policies.services import change
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college.enrolment.examples import the_system
from rollbook.systems.college.examples import an_administrator
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.policies import REMIND_BEFORE
from rollbook.systems.college.fees.services.reminding import remind
from rollbook.systems.college.fees.tests.test_sponsors import sponsored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@contextmanager
def on(day: date) -> Iterator[None]:
    """Eight in the morning in Manila."""
    with clock.frozen_at(datetime(day.year, day.month, day.day, 0, 0, tzinfo=UTC)):
        yield


@pytest.mark.rule("R61")
def test_on_the_25th_everybody_who_owes_is_told_what_falls_due_by_the_end_of_next_month() -> None:
    payer = a_payer(first_due_on=date(2031, 8, 31))
    payer.pays("2000.00")

    with on(date(2031, 8, 25)):
        told = remind(the_system())
        again = remind(the_system())

    notice = Notice.objects.get(kind="PAYMENT_REMINDER")
    assert (told, again) == (1, 0)
    assert notice.recipient_id == payer.student.person_id
    assert (notice.facts["amount_minor"], notice.facts["due_on"]) == (8_000_00, "2031-08-31")


def test_on_other_days_nobody_is_told_unless_the_setting_says_so() -> None:
    a_payer(first_due_on=date(2031, 8, 31))
    with on(date(2031, 8, 28)):
        assert remind(the_system()) == 0
        change(an_administrator(), REMIND_BEFORE, 3, None, "Students asked for it")
        assert remind(the_system()) == 1
    with on(date(2031, 8, 29)):
        assert remind(the_system()) == 0


def test_who_paid_or_is_covered_hears_nothing() -> None:
    paid, covered = a_payer(number="260001"), a_payer(number="260002")
    paid.pays("30000.00")
    sponsored(covered)
    with on(date(2031, 9, 25)):
        assert remind(the_system()) == 0
    assert not Notice.objects.filter(kind="PAYMENT_REMINDER").exists()


def test_the_next_month_reminds_again() -> None:
    a_payer()
    with on(date(2031, 8, 25)):
        remind(the_system())
    with on(date(2031, 9, 25)):
        assert remind(the_system()) == 1
    assert Notice.objects.filter(kind="PAYMENT_REMINDER").count() == 2

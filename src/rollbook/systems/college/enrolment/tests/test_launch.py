"""The item about the rules of enrolment passes here, and fails where a rule is broken."""

import pytest

from rollbook.core.readiness import State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tests.attacks import outcome_of
from rollbook.systems.college.enrolment import launch
from rollbook.systems.college.enrolment.rules import verdicts

pytestmark = pytest.mark.django_db


def test_the_rules_hold_and_nothing_of_the_trial_stays(organisation):
    before = Organisation.objects.count()

    outcome = outcome_of(launch.enrolment_rules_hold)

    assert (outcome.state, outcome.value) == (State.PASS, 0), outcome.summary
    assert Organisation.objects.count() == before


def test_a_prerequisite_that_nobody_asks_for_is_found(organisation, monkeypatch):
    monkeypatch.setattr(verdicts, "prerequisite_problem", lambda *_args: (None, False))

    outcome = outcome_of(launch.enrolment_rules_hold)

    assert outcome.state is State.FAIL
    assert "PREREQUISITE_NOT_MET was expected, and nothing was refused" in outcome.summary


def test_hours_that_overlap_unseen_are_found(organisation, monkeypatch):
    monkeypatch.setattr(verdicts, "clash_problems", lambda *_args: iter(()))

    outcome = outcome_of(launch.enrolment_rules_hold)

    assert outcome.state is State.FAIL
    assert "SCHEDULE_CONFLICT was expected, and nothing was refused" in outcome.summary
    assert "the rule that was set aside is not on record" in outcome.summary


def test_without_a_college_it_says_why_it_does_not_apply(db):
    Organisation.objects.update(is_active=False)

    assert launch.enrolment_rules_hold.applies(None).reason == "No college is kept in this installation."

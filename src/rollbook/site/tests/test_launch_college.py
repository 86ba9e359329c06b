"""Each item about a college is made to fail by breaking what it looks at."""

from datetime import timedelta
from typing import Any

import pytest

from rollbook.core import clock
from rollbook.core.readiness import State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tests.attacks import outcome_of
from rollbook.shared.jobs.models import JobRun
from rollbook.site.launch import college
from rollbook.systems.college import roles

pytestmark = pytest.mark.django_db


def runs(organisation: Organisation, *, hours_ago: float = 1, left_out: str = "", **facts: Any) -> None:
    ended = clock.now() - timedelta(hours=hours_ago)
    for number, name in enumerate(college.CORE_JOBS, start=1):
        if name != left_out:
            JobRun.objects.create(
                job=name, queue_job_id=number, for_organisation=organisation.pk, outcome="succeeded", started_at=ended,
                ended_at=ended, **facts,
            )  # fmt: skip


def test_the_operations_of_a_college_are_complete(organisation: Organisation) -> None:
    outcome = outcome_of(college.operations_are_complete)

    assert outcome.state is State.PASS, outcome.summary
    assert (outcome.evidence["student"] >= 9, outcome.evidence["cashier"] >= 6, outcome.evidence["public"] >= 3) == (
        True, True, True,
    )  # fmt: skip


def test_operations_that_are_missing_or_refused_are_found(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = college.Audience("public", "", (f"{college.BASE}/public/verify",), 90)
    shut_out = college.Audience("student", roles.STUDENT, (f"{college.BASE}/me/grades",), 1)
    signed_in = college._signed_in
    monkeypatch.setattr(college, "_signed_in", lambda at, _role, person=None: signed_in(at, roles.PROFESSOR, person))
    monkeypatch.setattr(college, "AUDIENCES", (few, shut_out))

    outcome = outcome_of(college.operations_are_complete)

    assert outcome.state is State.FAIL
    assert any("at least 90 are needed" in one for one in outcome.evidence["found"])
    assert "GET /me/grades answers 403 to the student" in outcome.evidence["found"]


def test_an_operation_that_anybody_may_call_is_found(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(college, "STRANGER", roles.CASHIER)
    monkeypatch.setattr(
        college, "AUDIENCES", (college.Audience("cashier", roles.CASHIER, (f"{college.BASE}/cashier",), 6),)
    )

    outcome = outcome_of(college.operations_are_complete)

    assert outcome.state is State.FAIL
    assert any(one.endswith("to a professor") for one in outcome.evidence["found"])


def test_the_records_of_a_college_are_complete(organisation: Organisation) -> None:
    outcome = outcome_of(college.records_are_complete)

    assert outcome.state is State.PASS, outcome.summary
    assert outcome.evidence["record_types"] >= 16


def test_a_record_that_is_missing_and_a_delete_that_goes_through_are_found(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        college, "RECORD_TYPES", (*college.RECORD_TYPES, "college_records.ghost", "tenancy.organisation")
    )
    # The queue lets the story of a job go with the job.
    monkeypatch.setattr(college, "KEPT", ("procrastinate_jobs",))

    found = outcome_of(college.records_are_complete).evidence["found"]

    assert "college_records.ghost is not kept" in found
    assert "tenancy.organisation belongs to no organisation" in found
    assert "procrastinate_events lets a delete of procrastinate_jobs go through" in found


def test_scheduled_work_that_ran_passes(organisation: Organisation) -> None:
    runs(organisation, duration_ms=4000, units_done=40)

    outcome = outcome_of(college.scheduled_work_runs)

    assert (outcome.state, outcome.evidence["slowest_ms"]) == (State.PASS, 100), outcome.summary


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"left_out": "college.grading.inc_expiry"}, "college.grading.inc_expiry of"),
        ({"hours_ago": 27}, "college.exams.expire_permits of"),
        ({"duration_ms": 3000, "units_done": 2}, "a unit of work takes 1500 ms"),
    ],
)
def test_scheduled_work_that_is_missing_old_or_slow_is_found(
    organisation: Organisation, said: dict[str, Any], sentence: str
) -> None:
    runs(organisation, **said)

    outcome = outcome_of(college.scheduled_work_runs)

    assert outcome.state is State.FAIL
    assert any(one.startswith(sentence) for one in outcome.evidence["found"])

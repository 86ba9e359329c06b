"""Each item about a college is made to fail by breaking what it looks at."""

import json
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.core import clock
from rollbook.core.readiness import Outcome, State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tests.attacks import outcome_of
from rollbook.shared.jobs.models import JobRun
from rollbook.site.launch import college
from rollbook.site.rehearsal import seats
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.examples import a_class, a_taker, subjects, the_curriculum
from rollbook.systems.college.enrolment.models import SubjectEnrolment

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


RIGHT = seats.Measures(
    students=1_000, seats=40, taken=40, at_once={"201": 40, "409": 960}, steady={"201": 100}, steady_asked=100,
    p95_ms=120, breaches=dict.fromkeys(seats.BREACHES, 0),
)  # fmt: skip


def drilled(home: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Outcome:
    """What the item says after a drill that measured this."""
    seats.keep_of(home, json.dumps(asdict(replace(RIGHT, **changes))))
    return judged(home, monkeypatch)


def judged(home: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    monkeypatch.setattr(college, "configuration", lambda: SimpleNamespace(home=home))
    return outcome_of(college.seats_cannot_be_oversold)


def test_a_drill_that_went_right_passes(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = drilled(tmp_path, monkeypatch)

    assert outcome.state is State.PASS, outcome.summary
    assert (outcome.evidence["taken"], outcome.evidence["p95_ms"]) == (40, 120)


def test_a_drill_that_was_never_run_is_no_pass(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged(tmp_path, monkeypatch).state is State.FAIL


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"taken": 41}, "41 sit on 40 seats"),
        ({"taken": 39}, "39 sit on 40 seats"),
        ({"breaches": {"students above their units": 2}}, "2 students above their units"),
        ({"at_once": {"201": 40, "409": 950, "500": 10}}, "10 answers that are no answer"),
        ({"steady": {"201": 99, "409": 1}}, "99 of 100 were enrolled in the steady stream"),
        ({"p95_ms": 300}, "answered within 300 ms, not within 300"),
        ({"students": 999}, "the drill was 999 students"),
        ({"seats": 400, "taken": 400}, "students for 400 seats"),
        ({"steady_asked": 10, "steady": {"201": 10}}, "10 after them"),
    ],
)
def test_each_thing_that_goes_wrong_in_the_drill_is_found(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: str
) -> None:
    outcome = drilled(tmp_path, monkeypatch, **changes)

    assert outcome.state is State.FAIL
    assert said in outcome.summary


def test_a_drill_of_long_ago_or_of_another_version_says_nothing(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen_at(clock.now() - timedelta(days=32)):
        seats.keep_of(tmp_path, json.dumps(asdict(RIGHT)))
    assert "more than 31 days ago" in judged(tmp_path, monkeypatch).summary

    seats.keep_of(tmp_path, json.dumps(asdict(RIGHT)))
    monkeypatch.setattr(college, "artefact_digest", lambda: "another")
    assert "another version" in judged(tmp_path, monkeypatch).summary


def test_a_subject_that_somebody_took_twice_is_seen_in_the_rows(tenant: Organisation) -> None:
    (subject,) = subjects("WANTED 1", allows_several_sections=True)
    the_curriculum()
    taker = a_taker("310001")
    for code in ("A", "B"):
        assert set(seats.breaches(tenant.id).values()) == {0}
        SubjectEnrolment.objects.create(
            term_enrolment=taker, subject=subject, section=a_class(subject, code), units=subject.units,
            category=subject.category, state="ENROLLED", allows_several_sections=True,
        )  # fmt: skip

    assert seats.breaches(tenant.id)["subjects taken twice in a term"] == 1

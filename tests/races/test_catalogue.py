"""Two edges that close a ring at the same moment, and first readers of the grade scales. Each control must go wrong."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue import services
from rollbook.systems.college.catalogue.errors import PrerequisiteCycle
from rollbook.systems.college.catalogue.examples import a_subject
from rollbook.systems.college.catalogue.models import GradeScale, GradeValue, PrerequisiteRule, Subject
from rollbook.systems.college.catalogue.services import prerequisites, scales
from tests.races.together import together

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.race]


def _asking(organisation: Organisation, subject: Subject, other: Subject) -> Callable[[], Any]:
    actor = Actor.system(organisation.id, job="race")
    tree = {"kind": "SPECIFIC", "subject_id": str(other.id)}

    def act() -> Any:
        with tenant_scope(organisation.id):
            return services.set_subject_prerequisites(actor, subject_id=subject.id, tree=tree)

    return act


@pytest.fixture
def pair(organisation: Organisation) -> tuple[Subject, Subject]:
    """Two subjects that ask for nothing yet."""
    with tenant_scope(organisation.id):
        return a_subject("A"), a_subject("B")


@pytest.mark.rule("R13")
def test_two_edges_that_close_a_ring_together_are_never_both_kept(
    organisation: Organisation, pair: tuple[Subject, Subject]
) -> None:
    a, b = pair

    outcome = together([_asking(organisation, a, b), _asking(organisation, b, a)])

    assert len(outcome.answers) == 1
    assert [type(failure) for failure in outcome.failures] == [PrerequisiteCycle]
    with tenant_scope(organisation.id):
        assert PrerequisiteRule.objects.count() == 1


def test_without_the_lock_both_are_kept(
    organisation: Organisation, pair: tuple[Subject, Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    both_looked = threading.Barrier(2)
    look = prerequisites.refuse_ring

    def look_then_wait(*arguments: Any) -> None:
        look(*arguments)
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=20)

    monkeypatch.setattr(prerequisites, "one_at_a_time", lambda: None)
    monkeypatch.setattr(prerequisites, "refuse_ring", look_then_wait)

    outcome = together([_asking(organisation, a, b), _asking(organisation, b, a)])

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        assert PrerequisiteRule.objects.count() == 2


def _shipping(organisation: Organisation) -> Callable[[], Any]:
    def act() -> None:
        with tenant_scope(organisation.id):
            services.ensure_shipped_scales()

    return act


def test_eight_first_readers_ship_the_scales_once(organisation: Organisation) -> None:
    outcome = together([_shipping(organisation)] * 8, workers=8)

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        assert (GradeScale.objects.count(), GradeValue.objects.count()) == (2, 32)


def test_without_the_lock_first_readers_collide(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    together_now = threading.Barrier(4)

    def wait_for_the_others() -> None:
        with suppress(threading.BrokenBarrierError):
            together_now.wait(timeout=20)

    monkeypatch.setattr(scales, "_one_at_a_time", wait_for_the_others)

    outcome = together([_shipping(organisation)] * 4, workers=4)

    assert len(outcome.failures) == 3

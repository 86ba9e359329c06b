"""Two people: one proposes, another decides; never the same, never twice, never late."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from rollbook.core import clock
from rollbook.core.approvals import examples, selectors
from rollbook.core.approvals.errors import (
    AlreadyDecided,
    AlreadyProposed,
    DecisionWhileImpersonating,
    OnlyProposerWithdraws,
    RequestExpired,
    SelfApproval,
)
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import kind_of, register_kind
from rollbook.core.approvals.services import decide, expire_overdue, propose, withdraw
from rollbook.core.audit.examples import an_actor
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, Refusal
from rollbook.core.identity.models import User
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

State = ApprovalRequest.State


class NoLongerPossible(Refusal):
    """The payment was refunded meanwhile."""


@pytest.fixture(autouse=True)
def kind() -> Iterator[str]:
    """A decision whose act opens a campus, so that it can be seen."""

    def execute(actor: Actor, request: ApprovalRequest) -> None:
        if request.payload.get("impossible"):
            raise NoLongerPossible
        Campus.objects.create(code=request.payload.get("code") or uuid4().hex[:20], name="Opened by decision")

    with examples.a_kind(execute) as key:
        yield key


def a_user(organisation: Organisation, *permissions: str, **known: Any) -> Actor:
    user = User.objects.create(display_name="Reyes, Ana")
    return an_actor(organisation, *permissions, user_id=user.id, **known)


def a_supervisor(organisation: Organisation, **known: Any) -> Actor:
    return a_user(organisation, examples.MAY_DECIDE, **known)


def a_request(actor: Actor, *, target_id: UUID | None = None, **values: Any) -> ApprovalRequest:
    return propose(
        actor,
        kind=examples.KIND,
        target=("billing.payment", target_id or uuid4()),
        reason="Typed twice",
        **{"payload": {"code": "NEW"}} | values,
    )


def opened() -> list[str]:
    return list(Campus.objects.values_list("code", flat=True))


@pytest.mark.django_db
def test_a_second_person_approves_and_the_act_is_done_at_once(tenant: Organisation) -> None:
    cashier, supervisor = a_user(tenant), a_supervisor(tenant)
    request = a_request(cashier)
    assert (request.state, opened()) == (State.PROPOSED, [])

    decided = decide(supervisor, request.id, approve=True, note="Seen the receipt")

    decided.refresh_from_db()
    assert (decided.state, decided.decided_by_id, decided.note) == (
        State.APPROVED,
        supervisor.user_id,
        "Seen the receipt",
    )
    assert opened() == ["NEW"]
    assert list(AuditEntry.objects.order_by("id").values_list("action", "user_id", "reason")) == [
        ("approvals.proposed", cashier.user_id, "Typed twice"),
        ("approvals.approved", supervisor.user_id, "Seen the receipt"),
    ]


@pytest.mark.django_db
def test_a_returned_request_does_nothing_and_says_why(tenant: Organisation) -> None:
    request = a_request(a_user(tenant))
    supervisor = a_supervisor(tenant)

    with pytest.raises(Invalid):
        decide(supervisor, request.id, approve=False, note=" ")
    assert decide(supervisor, request.id, approve=False, note="Not the same payer").state == State.RETURNED
    assert opened() == []


@pytest.mark.django_db
def test_nobody_decides_their_own_request(tenant: Organisation) -> None:
    supervisor = a_supervisor(tenant)
    request = a_request(supervisor)

    for approve in (True, False):
        with pytest.raises(SelfApproval) as refused:
            decide(supervisor, request.id, approve=approve, note="Mine")
        assert (refused.value.code, refused.value.status, refused.value.audited) == ("SELF_APPROVAL", 409, True)

    request.refresh_from_db()
    assert (request.state, opened()) == (State.PROPOSED, [])


@pytest.mark.django_db
def test_whoever_proposed_as_somebody_else_does_not_decide_as_themselves(tenant: Organisation) -> None:
    administrator = a_supervisor(tenant)
    request = a_request(a_user(tenant, impersonator_id=administrator.user_id))

    with pytest.raises(SelfApproval):
        decide(administrator, request.id, approve=True)


@pytest.mark.django_db
@pytest.mark.parametrize("stands_in", ["impersonator_id", "support_access_id"])
def test_nobody_decides_while_standing_in_for_somebody_else(tenant: Organisation, stands_in: str) -> None:
    request = a_request(a_user(tenant))
    supervisor = replace(a_supervisor(tenant), **{stands_in: uuid4()})

    with pytest.raises(DecisionWhileImpersonating):
        decide(supervisor, request.id, approve=True)
    assert opened() == []


@pytest.mark.django_db
def test_the_system_decides_nothing(tenant: Organisation) -> None:
    request = a_request(a_user(tenant))

    with pytest.raises(SelfApproval):
        decide(Actor.system(tenant.id, job="x"), request.id, approve=True)


@pytest.mark.django_db
def test_what_the_system_proposes_a_person_decides(tenant: Organisation) -> None:
    request = a_request(Actor.system(tenant.id, job="grades.default_missing"))

    assert request.proposed_job == "grades.default_missing"
    assert decide(a_supervisor(tenant), request.id, approve=True).state == State.APPROVED


@pytest.mark.django_db
def test_a_stranger_does_not_find_it_and_the_proposer_may_only_look(tenant: Organisation) -> None:
    proposer = a_user(tenant)
    request = a_request(proposer)

    with pytest.raises(NotFound):
        decide(a_user(tenant), request.id, approve=True)
    assert selectors.get_request(proposer, request.id) == request
    with pytest.raises(Forbidden):
        decide(proposer, request.id, approve=True)
    with pytest.raises(NotFound):
        decide(a_supervisor(tenant), uuid4(), approve=True)


@pytest.mark.django_db
def test_another_organisation_does_not_find_it(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        request = a_request(a_user(organisation))

    with tenant_scope(other_organisation.id), pytest.raises(NotFound):
        decide(a_supervisor(other_organisation), request.id, approve=True)


@pytest.mark.django_db
def test_a_decision_is_made_once(tenant: Organisation) -> None:
    request = a_request(a_user(tenant))
    supervisor = a_supervisor(tenant)
    decide(supervisor, request.id, approve=True)

    for approve in (True, False):
        with pytest.raises(AlreadyDecided, match="it is approved"):
            decide(supervisor, request.id, approve=approve, note="Again")
    assert opened() == ["NEW"]


@pytest.mark.django_db
def test_a_request_runs_out(tenant: Organisation, frozen_clock: Any) -> None:
    request = a_request(a_user(tenant))
    frozen_clock(clock.now() + timedelta(days=14))

    with pytest.raises(RequestExpired):
        decide(a_supervisor(tenant), request.id, approve=True)
    assert expire_overdue(tenant.id) == 1
    assert expire_overdue(tenant.id) == 0
    request.refresh_from_db()
    assert (request.state, request.decided_by_id) == (State.EXPIRED, None)
    assert AuditEntry.objects.get(action="approvals.expired").job == "approvals.expire_overdue"


@pytest.mark.django_db
def test_when_the_act_is_refused_the_request_goes_on_waiting(organisation: Organisation) -> None:
    supervisor = a_supervisor(organisation)
    with tenant_scope(organisation.id):
        request = a_request(a_user(organisation), payload={"impossible": True})

    with pytest.raises(NoLongerPossible), tenant_scope(organisation.id):
        decide(supervisor, request.id, approve=True)

    with tenant_scope(organisation.id):
        request.refresh_from_db()
        assert request.state == State.PROPOSED
        assert not AuditEntry.objects.filter(action="approvals.approved").exists()


@pytest.mark.django_db
def test_the_same_thing_is_asked_for_once_while_it_waits(tenant: Organisation) -> None:
    payment_id = uuid4()
    first = a_request(a_user(tenant), target_id=payment_id)

    with pytest.raises(AlreadyProposed):
        a_request(a_user(tenant), target_id=payment_id)
    decide(a_supervisor(tenant), first.id, approve=False, note="Wrong payment")
    assert a_request(a_user(tenant), target_id=payment_id).state == State.PROPOSED


@pytest.mark.django_db
def test_a_kind_may_allow_several_open_requests_for_one_target(tenant: Organisation) -> None:
    invoice_id = uuid4()
    with examples.a_kind(lambda actor, request: None, "test.adjust", is_exclusive=False):
        for _ in range(2):
            propose(
                a_user(tenant), kind="test.adjust", target=("billing.invoice", invoice_id), reason="Less", payload={}
            )

    assert ApprovalRequest.objects.filter(target_id=invoice_id).count() == 2


@pytest.mark.django_db
def test_a_proposal_needs_a_reason_and_a_known_kind(tenant: Organisation) -> None:
    with pytest.raises(Invalid, match="Say why"):
        propose(a_user(tenant), kind=examples.KIND, target=("x.y", uuid4()), reason="  ", payload={})
    with pytest.raises(LookupError, match="register_kind"):
        propose(a_user(tenant), kind="test.unknown", target=("x.y", uuid4()), reason="Why", payload={})


@pytest.mark.django_db
def test_only_who_asked_takes_it_back_and_only_while_it_waits(tenant: Organisation) -> None:
    proposer, supervisor = a_user(tenant), a_supervisor(tenant)
    request = a_request(proposer)

    with pytest.raises(OnlyProposerWithdraws):
        withdraw(supervisor, request.id)
    assert withdraw(proposer, request.id, note="Found the slip").state == State.WITHDRAWN
    with pytest.raises(AlreadyDecided):
        withdraw(proposer, request.id)
    with pytest.raises(AlreadyDecided):
        decide(supervisor, request.id, approve=True)


@pytest.mark.django_db
def test_a_queue_shows_what_waits_for_oneself_oldest_first(tenant: Organisation) -> None:
    supervisor = a_supervisor(tenant)
    mine = a_request(supervisor)
    theirs = [a_request(a_user(tenant)) for _ in range(2)]
    decide(supervisor, a_request(a_user(tenant)).id, approve=True)

    assert list(selectors.waiting_for(supervisor)) == theirs
    assert mine not in selectors.waiting_for(supervisor)
    assert list(selectors.waiting_for(a_user(tenant))) == []


def test_every_state_says_where_it_may_go() -> None:
    assert set(ApprovalRequest.TRANSITIONS) == set(State)
    final = {state for state, following in ApprovalRequest.TRANSITIONS.items() if not following}
    assert final == {State.APPROVED, State.RETURNED, State.WITHDRAWN, State.EXPIRED}


def test_a_kind_declared_twice_differently_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice, differently"):
        register_kind(
            examples.KIND, "Other", "other", execute=lambda a, r: None, describe=kind_of(examples.KIND).describe
        )


WORKERS = 8


def decide_together(organisation: Organisation) -> list[str]:
    """Eight supervisors approve the same request at once."""
    with tenant_scope(organisation.id):
        request = a_request(a_user(organisation), payload={})
    supervisors = [a_supervisor(organisation) for _ in range(WORKERS)]
    start = threading.Barrier(WORKERS)
    outcomes: list[str] = []

    def run(number: int) -> None:
        try:
            start.wait(30)
            with tenant_scope(organisation.id):
                decide(supervisors[number], request.id, approve=True)
            outcomes.append("done")
        except Exception as error:  # noqa: BLE001 — its name is what the test looks at
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody reads the request, unlocked, before anybody decides."""
    all_have_read = threading.Barrier(WORKERS)

    def read(actor: Actor, request_id: UUID) -> ApprovalRequest:
        found = selectors.get_request(actor, request_id)
        all_have_read.wait(30)
        return found

    monkeypatch.setattr("rollbook.core.approvals.services.get_request_for_update", read)


@pytest.mark.race
def test_many_supervisors_at_the_same_moment_decide_once(committed: Organisation) -> None:
    outcomes = decide_together(committed)

    assert sorted(outcomes) == ["AlreadyDecided"] * (WORKERS - 1) + ["done"]
    with tenant_scope(committed.id):
        assert Campus.objects.count() == 1


@pytest.mark.race
def test_control_without_the_lock_and_the_databases_rule_it_is_done_many_times(
    committed: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_lock(monkeypatch)
    monkeypatch.setattr("rollbook.core.approvals.services._settle", lambda *_: None)

    assert decide_together(committed) == ["done"] * WORKERS
    with tenant_scope(committed.id):
        assert Campus.objects.count() == WORKERS


@pytest.mark.race
def test_the_database_alone_lets_one_decision_stand(committed: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_lock(monkeypatch)

    assert decide_together(committed).count("done") == 1
    with tenant_scope(committed.id):
        assert Campus.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["proposed_by_id", "proposed_impersonator_id"])
def test_the_database_too_refuses_a_decision_by_the_proposer(tenant: Organisation, who: str) -> None:
    helper = a_user(tenant)
    request = a_request(a_user(tenant, impersonator_id=helper.user_id))

    with pytest.raises(IntegrityError, match="approvals_two_people"), transaction.atomic():
        ApprovalRequest.objects.filter(id=request.id).update(
            state=State.APPROVED, decided_by=getattr(request, who), decided_at=clock.now()
        )


def test_what_was_proposed_and_what_was_decided_cannot_be_changed(committed: Organisation) -> None:
    with tenant_scope(committed.id):
        waiting = a_request(a_user(committed))
        decided = a_request(a_user(committed), payload={"code": "TWO"})
        decide(a_supervisor(committed), decided.id, approve=True)

    def attempt(role: str, statement: str) -> str | None:
        connections[role].ensure_connection()
        raw = connections[role].connection
        try:
            with raw.transaction(force_rollback=True):
                raw.execute(f"SET LOCAL app.organisation = '{committed.id}'")
                raw.execute(statement)
        except psycopg.Error as error:
            return error.sqlstate
        return None

    table = "approvals_approvalrequest"
    frozen = [
        f"UPDATE {table} SET payload = '{{}}' WHERE id = '{waiting.id}'",
        f"UPDATE {table} SET proposed_by_id = NULL, proposed_job = 'x' WHERE id = '{waiting.id}'",
        f"UPDATE {table} SET expires_at = expires_at + interval '1 day' WHERE id = '{waiting.id}'",
        f"UPDATE {table} SET note = 'other' WHERE id = '{decided.id}'",
        f"UPDATE {table} SET state = 'PROPOSED', decided_by_id = NULL, decided_at = NULL WHERE id = '{decided.id}'",
    ]
    for statement in frozen:
        assert attempt("default", statement) == "RB001"
        assert attempt("owner", statement) == "RB001"
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        assert (attempt("default", statement), attempt("owner", statement)) == ("42501", "RB001")
    half_decided = f"UPDATE {table} SET state = 'APPROVED' WHERE id = '{waiting.id}'"
    assert attempt("default", half_decided) == "23514"

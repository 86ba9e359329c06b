"""Settings: every value has an author, a reason and a moment from which it holds."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from rollbook.core import clock, ids
from rollbook.core.audit.examples import an_actor
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import Preview, Text, declare, register, register_preview
from rollbook.core.policies.errors import (
    NotAPolicyValue,
    NothingChanged,
    PolicyChangedMeanwhile,
    RetroactiveNotConfirmed,
    UnknownPolicy,
)
from rollbook.core.policies.examples import a_setting
from rollbook.core.policies.models import PolicyVersion
from rollbook.core.policies.permissions import CHANGE_SETTINGS
from rollbook.core.policies.selectors import history
from rollbook.core.policies.services import change, foretell, get
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

KEY = "test.max_units"


@pytest.fixture(autouse=True)
def setting() -> Iterator[str]:
    """The most units of a term; 30 while nobody says otherwise."""
    with a_setting(KEY) as key:
        yield key


def an_administrator(organisation: Organisation) -> Actor:
    return an_actor(organisation, CHANGE_SETTINGS)


@pytest.mark.django_db
def test_until_somebody_says_otherwise_the_default_holds(tenant: Organisation) -> None:
    assert get(KEY) == 30
    with pytest.raises(UnknownPolicy):
        get("test.unknown")


@pytest.mark.rule("R59")
@pytest.mark.django_db
def test_a_change_holds_at_once_and_says_who_why_and_what_it_was(tenant: Organisation, frozen_clock: Any) -> None:
    administrator = an_administrator(tenant)

    version = change(administrator, KEY, 24, None, " Fewer rooms this term ")

    assert get(KEY) == 24
    assert (version.number, version.value, version.before, version.reason) == (1, 24, 30, "Fewer rooms this term")
    assert (version.author_id, version.effective_from) == (administrator.user_id, clock.now())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason, entry.target_id) == ("policies.changed", "Fewer rooms this term", version.id)
    assert entry.changes == {KEY: {"before": 30, "after": 24}}


@pytest.mark.rule("R59")
@pytest.mark.django_db
def test_a_change_holds_from_its_local_day_on(tenant: Organisation, frozen_clock: Any) -> None:
    frozen_clock("2031-07-01T12:00:00+00:00")
    change(an_administrator(tenant), KEY, 24, date(2031, 8, 1), "New curriculum")
    # 1 August begins in Manila at 16:00 UTC on 31 July.
    midnight = datetime(2031, 7, 31, 16, tzinfo=UTC)

    assert get(KEY) == 30
    assert get(KEY, midnight - timedelta(microseconds=1)) == 30
    assert get(KEY, midnight) == 24
    assert get(KEY, date(2031, 7, 31)) == 30
    assert get(KEY, date(2031, 8, 1)) == 24


@pytest.mark.django_db
def test_of_two_changes_for_the_same_moment_the_later_made_holds(tenant: Organisation, frozen_clock: Any) -> None:
    administrator = an_administrator(tenant)
    change(administrator, KEY, 24, date(2031, 8, 1), "First thought")
    change(administrator, KEY, 27, date(2031, 8, 1), "Second thought")
    change(administrator, KEY, 20, date(2031, 7, 15), "Until then")

    assert [get(KEY, date(2031, 7, day)) for day in (14, 15, 31)] == [30, 20, 20]
    assert get(KEY, date(2031, 8, 1)) == 27
    assert [(version.number, version.before) for version in history(KEY)] == [(3, 30), (2, 24), (1, 30)]


@pytest.mark.django_db
def test_only_who_may_changes_settings(tenant: Organisation) -> None:
    with pytest.raises(Forbidden):
        change(an_actor(tenant), KEY, 24, None, "Because")
    with a_setting("test.open", True, type=bool, change_permission="test.open"):
        with pytest.raises(Forbidden):
            change(an_administrator(tenant), "test.open", False, None, "Because")
        change(an_actor(tenant, "test.open"), "test.open", False, None, "Because")
        assert get("test.open") is False
    assert PolicyVersion.objects.filter(key=KEY).count() == 0


@pytest.mark.django_db
def test_a_value_that_does_not_fit_or_a_missing_reason_changes_nothing(tenant: Organisation) -> None:
    with pytest.raises(NotAPolicyValue, match="from 1 to 36"):
        change(an_administrator(tenant), KEY, 37, None, "More")
    with pytest.raises(Invalid, match="Say why"):
        change(an_administrator(tenant), KEY, 24, None, " ")

    assert get(KEY) == 30
    assert not PolicyVersion.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_the_same_value_again_is_no_change(tenant: Organisation) -> None:
    change(an_administrator(tenant), KEY, 24, None, "Fewer")

    with pytest.raises(NothingChanged):
        change(an_administrator(tenant), KEY, 24, None, "Fewer still")
    assert PolicyVersion.objects.count() == 1


@pytest.mark.django_db
def test_the_default_can_be_made_a_decision(tenant: Organisation) -> None:
    assert change(an_administrator(tenant), KEY, 30, None, "Confirmed by the board").number == 1


@pytest.mark.rule("R59")
@pytest.mark.django_db
def test_a_change_of_the_past_says_how_much_it_touches_and_wants_that_confirmed(
    tenant: Organisation, frozen_clock: Any
) -> None:
    register_preview(KEY, lambda actor, value, moment: Preview(f"{value} units for those enrolled since.", affected=17))
    administrator = an_administrator(tenant)
    past = date(2031, 6, 1)

    proposal = foretell(administrator, KEY, 24, past)
    assert (proposal.before, proposal.is_retroactive) == (30, True)
    assert (proposal.preview.sentence, proposal.preview.affected) == ("24 units for those enrolled since.", 17)
    for confirmed in (None, 16):
        with pytest.raises(RetroactiveNotConfirmed, match="changes 17 records"):
            change(administrator, KEY, 24, past, "Board decision", confirmed_affected=confirmed)
    version = change(administrator, KEY, 24, past, "Board decision", confirmed_affected=17)

    assert version.applies_to == "RETROACTIVE"
    assert get(KEY, past) == 24


@pytest.mark.django_db
def test_a_change_made_on_an_old_view_is_refused(tenant: Organisation) -> None:
    administrator = an_administrator(tenant)
    change(administrator, KEY, 24, None, "Fewer", expected_number=0)

    with pytest.raises(PolicyChangedMeanwhile) as refused:
        change(administrator, KEY, 27, None, "More", expected_number=0)
    assert (refused.value.status, refused.value.code) == (412, "VERSION_CONFLICT")
    assert get(KEY) == 24


@pytest.mark.rule("R1", "R59")
@pytest.mark.django_db
def test_organisations_set_their_own(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        change(an_administrator(organisation), KEY, 24, None, "Fewer")
        assert get(KEY) == 24
    with tenant_scope(other_organisation.id):
        assert get(KEY) == 30
        assert list(history(KEY)) == []


@pytest.mark.django_db
def test_a_transaction_reads_its_settings_once(organisation: Organisation, django_assert_num_queries: Any) -> None:
    with a_setting("test.other", 5), tenant_scope(organisation.id), django_assert_num_queries(1):
        assert [get(KEY), get("test.other"), get(KEY, datetime(2020, 1, 1, tzinfo=UTC))] == [30, 5, 30]
    with tenant_scope(organisation.id), django_assert_num_queries(1):
        assert get(KEY) == 30


@pytest.mark.django_db
def test_what_was_read_is_not_carried_into_the_next_transaction(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        assert get(KEY) == 30
    with tenant_scope(organisation.id):
        change(an_administrator(organisation), KEY, 24, None, "Fewer")
    with tenant_scope(organisation.id):
        assert get(KEY) == 24


@pytest.mark.django_db
def test_a_change_that_is_undone_is_not_remembered(tenant: Organisation) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            change(an_administrator(tenant), KEY, 24, None, "Fewer")
            assert get(KEY) == 24
            raise ZeroDivisionError

    assert get(KEY) == 30
    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert get(KEY) == 30


def test_a_setting_belongs_to_systems_and_is_declared_once() -> None:
    with a_setting("test.grades", systems=["college"]):
        assert "test.grades" in register.policies("college")
        assert "test.grades" not in register.policies("school")
        assert "test.grades" in register.policies()
        with pytest.raises(ValueError, match="twice, differently"):
            declare("test.grades", Text(), "x", "Other")
    with pytest.raises(NotAPolicyValue):
        declare("test.wrong", Text(2), "too long", "A default fits its own type.")


@pytest.mark.race
def test_two_people_at_the_same_moment_make_one_change_each_knows_of(committed: Organisation) -> None:
    start = threading.Barrier(6)
    outcomes: list[str] = []

    def run(value: int) -> None:
        try:
            with tenant_scope(committed.id):
                assert get(KEY) == 30
                start.wait(30)
                change(an_administrator(committed), KEY, value, None, "Mine", expected_number=0)
            outcomes.append("done")
        except PolicyChangedMeanwhile:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(value,)) for value in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", *["refused"] * 5]
    with tenant_scope(committed.id):
        assert PolicyVersion.objects.count() == 1


@pytest.mark.rule("R59")
def test_what_was_decided_cannot_be_changed_or_removed(committed: Organisation) -> None:
    with tenant_scope(committed.id):
        change(an_administrator(committed), KEY, 24, None, "Fewer")

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

    table = "policies_policyversion"
    for statement in (f"UPDATE {table} SET value = '1'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        assert (attempt("default", statement), attempt("owner", statement)) == ("42501", "RB001")
    nameless = (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(p, '{{"
        f'"id": "{ids.new_id()}", "number": 2, "author_id": null'
        f"}}')).* FROM {table} p RETURNING id"
    )
    assert attempt("default", nameless) == "23514"

"""Whoever changes, removes or adds an entry behind our back is found, and the entry is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from rollbook.core import ids
from rollbook.core.audit import permissions
from rollbook.core.audit.examples import a_payment, an_actor, seal_all
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import Report, acknowledge_restore, record, record_access, verify
from rollbook.core.audit.services.publishing import seals_file
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.usefixtures("committing")


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> None:
    """A home of its own, so that seals are published into an empty folder."""
    settings.HOME = tmp_path


@pytest.fixture
def entry_ids(committed: Organisation) -> list[UUID]:
    """Six sealed acts in three seals, and one sealed read."""
    for _ in range(3):
        with tenant_scope(committed.id):
            record(an_actor(committed), "x.done", a_payment(), reason="as agreed", amount_minor=500)
            record(an_actor(committed), "x.done", a_payment(), reason="as agreed", amount_minor=500)
        seal_all(committed)
    with tenant_scope(committed.id):
        record_access(an_actor(committed), a_payment(), "To see")
    seal_all(committed)
    assert verify(committed.id).is_sound
    with tenant_scope(committed.id):
        return list(AuditEntry.objects.order_by("at", "id").values_list("id", flat=True))


@contextmanager
def behind_our_back(committed: Organisation) -> Iterator[Any]:
    """The owner of the tables with every guard switched off."""
    tables = ("audit_auditentry", "audit_accessentry", "audit_seal", "audit_sealedentry")
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only_rows")
        cursor.execute(f"SET LOCAL app.organisation = '{committed.id}'")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only_rows")
        cursor.execute("COMMIT")


def found(report: Report) -> list[tuple[str, UUID | None]]:
    return [(finding.kind, finding.entry_id) for finding in report.findings]


CHANGES = [
    "reason = 'as I like'",
    "facts = jsonb_set(facts, '{amount_minor}', '501')",
    "user_id = NULL",
    "at = at + interval '1 microsecond'",
    "at = at - interval '40 days'",
    "transaction_number = transaction_number + 1000000",
]


@pytest.mark.rule("R60")
def test_every_changed_entry_is_found_and_named(committed: Organisation, entry_ids: list[UUID]) -> None:
    with behind_our_back(committed) as cursor:
        for entry_id, change in zip(entry_ids, CHANGES, strict=True):
            cursor.execute(
                f"UPDATE audit_auditentry SET {change} WHERE organisation_id = %s AND id = %s",
                [committed.id, entry_id],
            )

    report = verify(committed.id)
    assert found(report) == [("changed", entry_id) for entry_id in entry_ids]
    assert [finding.seal_number for finding in report.findings] == [1, 1, 2, 2, 3, 3]
    assert str(entry_ids[5]) in report.findings[5].sentence


def test_a_removed_entry_is_found_and_named(committed: Organisation, entry_ids: list[UUID]) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute(
            "DELETE FROM audit_auditentry WHERE organisation_id = %s AND id = %s", [committed.id, entry_ids[4]]
        )

    assert found(verify(committed.id)) == [("removed", entry_ids[4])]


def test_an_entry_slipped_into_a_sealed_time_is_found_and_named(committed: Organisation, entry_ids: list[UUID]) -> None:
    forged = ids.new_id()
    with behind_our_back(committed) as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry SELECT (jsonb_populate_record(e, jsonb_build_object('id', %s::text))).*"
            " FROM audit_auditentry e WHERE e.organisation_id = %s AND e.id = %s RETURNING id",
            [forged, committed.id, entry_ids[0]],
        )
    seal_all(committed)

    assert found(verify(committed.id)) == [("inserted", forged)]


def test_an_entry_forged_with_an_old_date_is_sealed_as_new_and_pointed_out(
    committed: Organisation, entry_ids: list[UUID]
) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry SELECT (jsonb_populate_record(e, jsonb_build_object('id', %s::text,"
            " 'at', e.at - interval '30 days', 'transaction_number', pg_current_xact_id()::text))).*"
            " FROM audit_auditentry e WHERE e.organisation_id = %s AND e.id = %s RETURNING id",
            [ids.new_id(), committed.id, entry_ids[0]],
        )
    seal_all(committed)

    report = verify(committed.id)
    assert report.is_sound
    assert any(note.startswith("1 entries of acts carry a date more than a day before") for note in report.notes)


def test_an_altered_read_is_found_too(committed: Organisation, entry_ids: list[UUID]) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute("UPDATE audit_accessentry SET purpose = 'Nothing' WHERE organisation_id = %s", [committed.id])

    report = verify(committed.id)
    assert [(finding.kind, finding.stream) for finding in report.findings] == [("changed", "reads")]


def test_altering_the_digest_with_the_entry_does_not_help(committed: Organisation, entry_ids: list[UUID]) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute(
            "DELETE FROM audit_auditentry WHERE organisation_id = %s AND id = %s", [committed.id, entry_ids[1]]
        )
        cursor.execute(
            "DELETE FROM audit_sealedentry WHERE organisation_id = %s AND id = %s", [committed.id, entry_ids[1]]
        )

    (finding,) = verify(committed.id).findings
    assert (finding.kind, finding.seal_number) == ("seal", 1)


def test_altering_a_seal_breaks_the_chain(committed: Organisation, entry_ids: list[UUID]) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute(
            "UPDATE audit_seal SET entry_count = 1 WHERE organisation_id = %s AND stream = 'acts' AND number = 2",
            [committed.id],
        )

    assert [(f.kind, f.seal_number) for f in verify(committed.id).findings] == [("seal", 2)]


def test_a_history_rewritten_with_all_its_seals_is_not_the_published_one(
    committed: Organisation, entry_ids: list[UUID]
) -> None:
    with behind_our_back(committed) as cursor:
        for table in ("audit_sealedentry", "audit_seal"):
            cursor.execute(f"DELETE FROM {table} WHERE organisation_id = %s", [committed.id])
        cursor.execute(
            "UPDATE audit_auditentry SET reason = 'as I like' WHERE organisation_id = %s AND id = %s",
            [committed.id, entry_ids[0]],
        )
    seal_all(committed)

    report = verify(committed.id)
    assert {finding.kind for finding in report.findings} == {"published"}
    assert "Seal 1 of acts is not the one that was published." in [f.sentence for f in report.findings]
    assert "Seal 3 of acts was published but is no longer in the database." in [f.sentence for f in report.findings]


def test_a_restore_to_an_earlier_moment_is_found_until_somebody_answers_for_it(
    committed: Organisation, entry_ids: list[UUID]
) -> None:
    with behind_our_back(committed) as cursor:
        for table, condition in (
            (
                "audit_auditentry",
                "id IN (SELECT id FROM audit_sealedentry WHERE organisation_id = %s AND seal_number = 3)",
            ),
            ("audit_sealedentry", "organisation_id = %s AND seal_number = 3"),
            ("audit_seal", "organisation_id = %s AND number = 3"),
        ):
            cursor.execute(f"DELETE FROM {table} WHERE organisation_id IS NOT NULL AND {condition}", [committed.id])
    assert [f.sentence for f in verify(committed.id).findings] == [
        "Seal 3 of acts was published but is no longer in the database."
    ]

    with tenant_scope(committed.id):
        administrator = an_actor(committed, permissions.ACKNOWLEDGE_RESTORE)
        acknowledge_restore(administrator, "Disk failure, restored to 09:00 by the operator")
    seal_all(committed)

    report = verify(committed.id)
    assert report.is_sound
    assert any("Disk failure, restored to 09:00" in note for note in report.notes)
    with tenant_scope(committed.id):
        entry = AuditEntry.objects.get(action="audit.restore_acknowledged")
    assert entry.reason == "Disk failure, restored to 09:00 by the operator"


def test_a_restore_is_answered_for_by_an_administrator_with_a_reason(committed: Organisation) -> None:
    with tenant_scope(committed.id), pytest.raises(Forbidden):
        acknowledge_restore(an_actor(committed), "Because")
    with tenant_scope(committed.id), pytest.raises(Invalid):
        acknowledge_restore(an_actor(committed, permissions.ACKNOWLEDGE_RESTORE), "  ")

    assert not seals_file(committed.id).exists()


def test_a_damaged_line_outside_the_database_is_named(committed: Organisation, entry_ids: list[UUID]) -> None:
    path = seals_file(committed.id)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "garbage", *lines[2:]]) + "\n")

    assert [f.sentence for f in verify(committed.id).findings] == ["Line 2 of the published seals cannot be read."]


def test_a_lost_publication_is_pointed_out(committed: Organisation, entry_ids: list[UUID]) -> None:
    seals_file(committed.id).unlink()

    report = verify(committed.id)
    assert report.is_sound
    assert any(note.startswith("3 seals of acts stand only in the database, the first is 1.") for note in report.notes)


def test_entries_not_sealed_yet_are_counted_and_are_no_finding(committed: Organisation, entry_ids: list[UUID]) -> None:
    with tenant_scope(committed.id):
        record(an_actor(committed), "x.done", a_payment())

    report = verify(committed.id)
    assert (report.is_sound, report.sealed_entries, report.waiting) == (True, 7, 1)
    assert report.waiting_since is not None


def test_one_organisations_proof_says_nothing_of_another(
    committed: Organisation, other_committed: Organisation, entry_ids: list[UUID]
) -> None:
    with behind_our_back(committed) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE organisation_id = %s", [committed.id])

    assert not verify(committed.id).is_sound
    report = verify(other_committed.id)
    assert (report.is_sound, report.seals, report.sealed_entries, report.waiting) == (True, 0, 0, 0)

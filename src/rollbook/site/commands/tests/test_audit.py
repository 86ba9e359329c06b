"""`rollbook audit …` proves, seals and answers for restores."""

import json
from typing import Any

import pytest
from django.db import connections

from rollbook.core.audit.examples import a_payment, an_actor
from rollbook.core.audit.services import record
from rollbook.core.audit.services.publishing import seals_file
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.commands.audit import COMMANDS
from rollbook.site.commands.registry import Command

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def run(name: str, *words: str) -> int:
    from argparse import ArgumentParser

    command: Command = next(each for each in COMMANDS if each.name == name)
    parser = ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


@pytest.fixture
def sealed(
    organisation: Organisation, settings: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> Organisation:
    """An organisation with one sealed act."""
    settings.HOME = tmp_path
    with tenant_scope(organisation.id):
        record(an_actor(organisation), "x.done", a_payment())
    while "1 entries sealed" not in capsys.readouterr().out:
        assert run("audit seal", "--organisation", organisation.slug) == 0
    return organisation


def test_a_sound_trail_is_said_in_one_sentence(sealed: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("audit verify", "--organisation", sealed.slug) == 0

    sentence = f"{sealed.slug}: all 1 sealed entries in 1 seals are as they were written."
    assert capsys.readouterr().out.strip() == sentence


def test_an_altered_entry_is_named_and_the_exit_code_is_one(
    sealed: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER append_only_rows")
        cursor.execute(f"SET LOCAL app.organisation = '{sealed.id}'")
        cursor.execute(
            "UPDATE audit_auditentry SET reason = 'other' WHERE organisation_id = %s RETURNING id::text", [sealed.id]
        )
        (entry_id,) = cursor.fetchone()
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER append_only_rows")
        cursor.execute("COMMIT")

    assert run("audit verify") == 1
    assert entry_id in capsys.readouterr().out
    assert run("audit verify", "--json") == 1
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["organisation"], report["is_sound"]) == (sealed.slug, False)
    assert [(finding["kind"], finding["entry_id"]) for finding in report["findings"]] == [("changed", entry_id)]


def test_a_restore_is_answered_for(sealed: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    path = seals_file(sealed.id)
    path.write_text(path.read_text() + json.dumps({"stream": "acts", "number": 2, "hash": "lost"}) + "\n")
    assert run("audit verify") == 1

    assert run("audit acknowledge-restore", "--organisation", sealed.slug, "--reason", "Restored to 09:00") == 0

    assert run("audit verify") == 0
    assert "Restored to 09:00" in capsys.readouterr().out

"""`rollbook audit …`: prove the trail, seal it now, answer for a restore."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rollbook.site.commands.registry import Command


def _organisations(slug: str) -> Sequence[Any]:
    from rollbook.core.tenancy.models import Organisation
    from rollbook.core.tenancy.selectors import organisation_by_slug

    if slug:
        return [Organisation.objects.get(pk=organisation_by_slug(slug).id)]
    return list(Organisation.objects.filter(is_active=True).order_by("slug"))


def _verify(arguments: Namespace) -> int:
    from rollbook.core.audit.services import verify

    reports = [(organisation.slug, verify(organisation.pk)) for organisation in _organisations(arguments.organisation)]
    if arguments.json:
        said = [{"organisation": slug, "is_sound": report.is_sound} | asdict(report) for slug, report in reports]
        print(json.dumps(said, default=str, indent=2))
    else:
        for slug, report in reports:
            _print(slug, report)
    return 0 if all(report.is_sound for _, report in reports) else 1


def _print(slug: str, report: Any) -> None:
    if report.is_sound:
        print(f"{slug}: all {report.sealed_entries} sealed entries in {report.seals} seals are as they were written.")
    else:
        print(f"{slug}: {len(report.findings)} things are not as they were sealed. Keep the database as it is.")
    for finding in report.findings:
        print(f"  {finding.sentence}")
    if report.waiting:
        print(f"  {report.waiting} entries wait for a seal since {report.waiting_since:%Y-%m-%d %H:%M} UTC.")
    for note in report.notes:
        print(f"  Note: {note}")


def _verify_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--organisation", default="", help="slug of one organisation; otherwise all of them")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")


def _seal(arguments: Namespace) -> int:
    from rollbook.core.audit.services import seal_entries

    for organisation in _organisations(arguments.organisation):
        seals = seal_entries(organisation.pk)
        entries = sum(seal.entry_count for seal in seals)
        print(f"{organisation.slug}: {entries} entries sealed in {len(seals)} seals.")
    return 0


def _one_or_all(parser: ArgumentParser) -> None:
    parser.add_argument("--organisation", default="", help="slug of one organisation; otherwise all of them")


def _acknowledge_restore(arguments: Namespace) -> int:
    from rollbook.core.audit.services import acknowledge_restore
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope

    for organisation in _organisations(arguments.organisation):
        with tenant_scope(organisation.pk):
            acknowledge_restore(
                Actor.system(organisation.pk, job="rollbook audit acknowledge-restore"), arguments.reason
            )
        print(f"{organisation.slug}: the restore is answered for; later published seals no longer count.")
    return 0


def _restore_arguments(parser: ArgumentParser) -> None:
    _one_or_all(parser)
    parser.add_argument("--reason", required=True, help="which restore this was and who ordered it")


COMMANDS = [
    Command("audit verify", "Prove that no entry of the audit trail was altered since.", _verify, _verify_arguments),
    Command("audit seal", "Seal the newest entries of the audit trail now.", _seal, _one_or_all),
    Command(
        "audit acknowledge-restore",
        "Answer for a restore of the database to an earlier moment.",
        _acknowledge_restore,
        _restore_arguments,
    ),
]

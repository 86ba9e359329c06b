"""Look at this installation and explain what is wrong with it, also when nothing of it runs."""

import json
from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command, Needs
from rollbook.site.configuration import ConfigurationError, read_configuration


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object for machines")


def doctor(arguments: Namespace) -> int:
    """Look, then say first whether all is well."""
    from rollbook.shared.monitoring.probes import Finding
    from rollbook.site.runtime.doctor import examine

    try:
        findings = examine(read_configuration())
    except ConfigurationError as error:
        findings = [Finding("settings", False, str(error), "See docs/reference/settings.md, or run: rollbook settings")]
    wrong = [finding for finding in findings if not finding.is_well]
    if arguments.json:
        print(json.dumps({"is_well": not wrong, "findings": [_as_json(finding) for finding in findings]}))
        return 1 if wrong else 0
    print(_first_line(len(wrong), len(findings), wrong[0].sentence if wrong else ""))
    for finding in [*wrong, *(finding for finding in findings if finding.is_well)]:
        print(f"  {'well ' if finding.is_well else 'WRONG'}  {finding.name}: {finding.sentence}")
        if finding.remedy and not finding.is_well:
            print(f"         {finding.remedy}")
    return 1 if wrong else 0


def _first_line(wrong: int, looked_at: int, first: str) -> str:
    if not wrong:
        return f"All is well: {looked_at} things were looked at."
    return f"{wrong} of {looked_at} things are wrong; first: {first}"


def _as_json(finding: object) -> dict[str, object]:
    return {name: getattr(finding, name) for name in ("name", "is_well", "sentence", "remedy")}


COMMANDS = [Command("doctor", "Explain what is wrong with this installation.", doctor, _arguments, Needs.NOTHING)]

"""Show every setting with its sentence; the reference page is written from here."""

from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command, Needs


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--write", metavar="FILE", help="write the reference page to a file")


def show(arguments: Namespace) -> int:
    """Print or write the page."""
    from pathlib import Path

    from rollbook.site.settings_reference import reference_page

    if arguments.write:
        Path(arguments.write).write_text(reference_page(), encoding="utf-8")
    else:
        print(reference_page())
    return 0


COMMANDS = [Command("settings", "List every setting, its default and what it does.", show, _arguments, Needs.NOTHING)]

"""Show every setting with its sentence; the reference page is written from here."""

from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command, Needs


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--write", metavar="FILE", help="write the reference page to a file")
    parser.add_argument("--example", action="store_true", help="write the sample settings file that ships")


def show(arguments: Namespace) -> int:
    """Print or write the page."""
    from pathlib import Path

    from rollbook.site.settings_reference import reference_page

    if arguments.example:
        from rollbook.site.settings_example import example_file, example_text

        example_file().write_text(example_text(), encoding="utf-8")
        print(f"Written to {example_file()}.")
    elif arguments.write:
        Path(arguments.write).write_text(reference_page(), encoding="utf-8")
    else:
        print(reference_page())
    return 0


COMMANDS = [Command("settings", "List every setting, its default and what it does.", show, _arguments, Needs.NOTHING)]

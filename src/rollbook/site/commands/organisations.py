"""Open organisations and list them."""

from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--slug", required=True, help="short name in addresses: lower-case letters, digits, hyphens")
    parser.add_argument("--name", required=True, help="full name, as on its papers")
    parser.add_argument("--system", required=True, help="college, school, homeroom, grouporders or backoffice")
    parser.add_argument("--currency", required=True, help="ISO 4217 code, such as PHP")
    parser.add_argument("--timezone", required=True, help="IANA name, such as Asia/Manila")
    parser.add_argument("--locale", default="en", help="language of its papers and screens (default: en)")
    parser.add_argument("--country", default="", help="ISO 3166-1 code of two letters, such as PH")


def create(arguments: Namespace) -> int:
    """Open an organisation."""
    from rollbook.site.organisations import create_organisation

    facts = {name: getattr(arguments, name) for name in ("slug", "name", "system", "currency", "timezone")}
    organisation_id = create_organisation(**facts, locale=arguments.locale, country=arguments.country)
    print(f"{arguments.name} is open as '{arguments.slug}' ({organisation_id}).")
    return 0


def show(_arguments: Namespace) -> int:
    """One line for each organisation."""
    from rollbook.core.tenancy.models import Organisation

    for each in Organisation.objects.order_by("slug"):
        state = "" if each.is_active else ", closed"
        print(f"{each.slug}: {each.name} ({each.system}, {each.currency}, {each.timezone}{state})")
    return 0


COMMANDS = [
    Command("create-organisation", "Open an organisation.", create, _create_arguments),
    Command("organisations", "List the organisations of this installation.", show),
]

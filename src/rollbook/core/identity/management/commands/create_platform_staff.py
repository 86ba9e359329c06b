"""Make somebody platform staff: they may look into organisations for support, on the record."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from rollbook.core.identity import rules
from rollbook.core.identity.models import User


class Command(BaseCommand):
    help = "Make somebody platform staff. The password is typed, never given as an argument."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="Address with which they sign in.")
        parser.add_argument("--name", required=True, help="Their name, as organisations see it.")

    def handle(self, *_args: Any, **options: Any) -> None:
        email = rules.clean_name(options["email"])
        if User.objects.filter(email=email).exists():
            raise CommandError("There is an account with this address already.")
        user = User(email=email, display_name=options["name"].strip(), is_platform_staff=True)
        password = getpass("Password: ")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if getpass("The same again: ") != password:
            raise CommandError("The two are not the same. Nobody was made.")
        user.set_password(password)
        user.save(force_insert=True)
        self.stdout.write(f"{user.display_name} can sign in, sets up a second factor, and looks in at /support/.")

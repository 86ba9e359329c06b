"""Invite the first administrator of an organisation, and print the link for who has no mail server yet."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from rollbook.core.errors import Refusal
from rollbook.core.identity.services.links import show_link
from rollbook.core.identity.services.members import invite_member
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.roles import ADMINISTRATOR
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_by_slug


class Command(BaseCommand):
    help = "Invite an administrator of an organisation and print the link that sets the password (72 hours, once)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, help="Short name of the organisation.")
        parser.add_argument("--email", required=True, help="Address with which the administrator signs in.")
        parser.add_argument("--name", required=True, help="Name of the administrator.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            organisation = organisation_by_slug(options["organisation"])
            actor = Actor.system(organisation.id, job="invite-administrator")
            with tenant_scope(organisation.id):
                membership = invite_member(
                    actor=actor, display_name=options["name"], email=options["email"], roles=[ADMINISTRATOR]
                )
                secret = show_link(actor=actor, membership_id=membership.id)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        path = reverse("identity:follow_link", args=[organisation.slug, secret])
        self.stdout.write(f"{membership.name} sets the password here, within 72 hours and once:")
        self.stdout.write(f"{settings.BASE_URL}{path}")

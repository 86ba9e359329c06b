"""makemigrations with the isolating operations of tenant tables."""

from django.core.management.commands.makemigrations import Command as DjangoCommand

from rollbook.core.db.autodetector import TenantAutodetector


class Command(DjangoCommand):
    autodetector = TenantAutodetector

"""migrate with the same view of changes as makemigrations."""

from django.core.management.commands.migrate import Command as DjangoCommand

from rollbook.core.db.autodetector import TenantAutodetector


class Command(DjangoCommand):
    autodetector = TenantAutodetector

"""Which of the two roles does what: only the owner migrates."""

from typing import Any


class OwnerMigrates:
    """Migrations run on the alias `owner`; everything else on `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

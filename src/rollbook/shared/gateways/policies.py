"""Settings of online payment."""

from rollbook.core.policies import Choice, declare
from rollbook.shared.gateways.providers import CHOICES

PROVIDER = "gateways.provider"


def declare_all() -> None:
    """Declare each setting with its default and a sentence for the person who changes it."""
    declare(
        PROVIDER, Choice(CHOICES), "paymongo",
        "The provider that online payments go through, when more than one has an account in use.",
    )  # fmt: skip

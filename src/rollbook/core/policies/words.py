"""Values of settings in words."""

from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.money import Money
from rollbook.core.policies.register import Policy
from rollbook.core.policies.types import Amount, Choice, YesNo
from rollbook.core.web import formatting


def value_words(policy: Policy, value: Any, currency: str) -> str:
    """A value as people read it: yes, ₱100.00, the label of a choice."""
    if isinstance(policy.type, Amount):
        return formatting.amount_text(Money(value, currency))
    if isinstance(policy.type, YesNo):
        return _("Yes") if value else _("No")
    if isinstance(policy.type, Choice):
        return str(policy.type.options.get(value, value))
    return str(value) or "—"


def takes_words(policy: Policy, currency: str) -> str:
    """What the field of a setting takes. Amounts and choices are not typed there as a program sends them."""
    kind = policy.type
    if isinstance(kind, Amount):
        if kind.minimum_minor is None:
            return _("an amount")
        return _("an amount of at least %(least)s") % {"least": value_words(policy, kind.minimum_minor, currency)}
    if isinstance(kind, Choice):
        return _("one of: %(options)s") % {"options": ", ".join(str(label) for label in kind.options.values())}
    return kind.takes()

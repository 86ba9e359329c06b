"""Settings of an organisation: each declared, each value with an author, a reason and a date.

A module declares its keys once: `declare("billing.instalments", WholeNumber(1, 12), 6, "…")` and asks
`services.get("billing.instalments", at=moment)`.
"""

from rollbook.core.policies.register import Preview, declare, register_preview
from rollbook.core.policies.types import Amount, Choice, Rate, Text, WholeNumber, YesNo

__all__ = [
    "Amount",
    "Choice",
    "Preview",
    "Rate",
    "Text",
    "WholeNumber",
    "YesNo",
    "declare",
    "register_preview",
]

"""What an organisation may decide about its trail."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import WholeNumber

RETENTION_YEARS = declare(
    "core.audit.retention_years",
    WholeNumber(minimum=7, maximum=100),
    7,
    "For how many years the trail and what is no record of its own, such as addresses, are kept at the least. "
    "Nothing of the trail goes by itself after that.",
    label="Years of keeping",
)

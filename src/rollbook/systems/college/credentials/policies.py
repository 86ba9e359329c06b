"""What a college asks of those who graduate, and the seal on its papers."""

from decimal import Decimal

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import Rate, Text, WholeNumber

RESIDENCY_UNITS = declare(
    "college.residency_units",
    WholeNumber(minimum=0, maximum=400),
    0,
    "Units that must have been earned here, not elsewhere, before a student may graduate.",
    systems=["college"],
    label="Residency units",
)
GRADUATION_AVERAGE = declare(
    "college.graduation_average",
    Rate(minimum=Decimal(0), maximum=Decimal(100)),
    "0",
    "The worst average with which a student may graduate; 0 asks for none.",
    systems=["college"],
    label="Average for graduation",
)
REGISTRAR_TITLE = declare(
    "college.registrar_title", Text(maximum_length=80), "University registrar",
    "What stands under the line that the registrar signs on official papers.", systems=["college"],
    label="Title of the registrar",
)  # fmt: skip

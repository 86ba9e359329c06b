"""What a term costs in the demonstration: fee schedules in force, discounts, and a sponsor."""

from decimal import Decimal

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.fees.services.discounts import DiscountTerms, add_discount
from rollbook.systems.college.fees.services.schedules import NewSchedule, add_line, make_schedule, put_in_force
from rollbook.systems.college.fees.services.sponsors import SponsorFacts, add_sponsor

#: Label, category, basis and price.
GENERAL = (
    ("Tuition", "TUITION", "PER_UNIT", 650_00),
    ("Laboratory", "LABORATORY", "PER_LAB_SUBJECT", 1_200_00),
    ("Library", "MISCELLANEOUS", "FLAT", 950_00),
    ("Registration", "MISCELLANEOUS", "FLAT", 1_400_50),
    ("Student insurance", "MISCELLANEOUS", "FLAT", 300_00),
    ("Medical and dental", "MISCELLANEOUS", "FLAT", 800_00),
)
NURSING = (
    ("Tuition", "TUITION", "PER_LECTURE_UNIT", 980_00),
    ("Clinical practice", "LABORATORY", "PER_LAB_UNIT", 2_150_00),
    ("Miscellaneous", "MISCELLANEOUS", "FLAT", 6_240_75),
)
DISCOUNTS = (
    ("DEANS", DiscountTerms(name="Dean's list", percent=Decimal(50), categories=("TUITION",), position=10)),
    ("FULL", DiscountTerms(name="Full scholarship", percent=Decimal(100), position=20)),
    ("SIBLING", DiscountTerms(name="Brother or sister here", amount_minor=1_500_00, position=30)),
    ("EMPLOYEE", DiscountTerms(name="Child of an employee", percent=Decimal(75), position=40, cap_minor=20_000_00)),
)


def load_fees(actor: Actor) -> None:
    """Put two schedules in force, offer the usual discounts and write a sponsor down."""
    _schedule(actor, NewSchedule(code="GENERAL", name="Every programme"), GENERAL)
    nursing = Programme.objects.get(code="BSN")
    _schedule(actor, NewSchedule(code="BSN", name="Nursing", programme_id=nursing.id), NURSING)
    for code, terms in DISCOUNTS:
        add_discount(actor, code=code, terms=terms)
    add_sponsor(
        actor, code="PROVINCE", facts=SponsorFacts(name="Provincial scholarship office", contact_name="Elena Marquez")
    )


def _schedule(actor: Actor, new: NewSchedule, lines: tuple[tuple[str, str, str, int], ...]) -> None:
    made = make_schedule(actor, new)
    for label, category, basis, minor in lines:
        add_line(actor, schedule_id=made.id, label=label, category=category, basis=basis, price=Money(minor, "PHP"))
    put_in_force(actor, schedule_id=made.id)

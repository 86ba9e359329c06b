"""Tables of the college's money: what things cost, what was assessed, what is given, and who else pays."""

from rollbook.systems.college.fees.models.assessments import Assessment
from rollbook.systems.college.fees.models.concessions import Discount, DiscountGrant
from rollbook.systems.college.fees.models.schedules import FeeLine, FeeSchedule
from rollbook.systems.college.fees.models.sponsors import Sponsor, SponsorPayment, Sponsorship

__all__ = [
    "Assessment",
    "Discount",
    "DiscountGrant",
    "FeeLine",
    "FeeSchedule",
    "Sponsor",
    "SponsorPayment",
    "Sponsorship",
]

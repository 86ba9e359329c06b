"""The demonstration's college has fee schedules in force, discounts and a sponsor."""

import pytest

from rollbook.site.demo.fees import DISCOUNTS, GENERAL, NURSING, load_fees
from rollbook.systems.college.enrolment.examples import the_system
from rollbook.systems.college.examples import a_programme
from rollbook.systems.college.fees.models import Discount, FeeSchedule, Sponsor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def test_two_schedules_are_in_force_and_nursing_has_its_own() -> None:
    nursing = a_programme("BSN")

    load_fees(the_system())

    found = {one.code: one for one in FeeSchedule.objects.filter(state=FeeSchedule.State.ACTIVE)}
    assert (found["BSN"].programme_id, found["GENERAL"].programme_id) == (nursing.id, None)
    assert (found["GENERAL"].lines.count(), found["BSN"].lines.count()) == (len(GENERAL), len(NURSING))
    assert (Discount.objects.count(), Sponsor.objects.count()) == (len(DISCOUNTS), 1)

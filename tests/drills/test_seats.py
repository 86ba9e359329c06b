"""More students than seats at the same moment, over HTTP; then a steady few.

The test lets 24 students ask for 5 seats through a real web server; the drill `rollbook drill seats` lets 1,000 ask for 40.
"""

import asyncio
from collections import Counter
from urllib.parse import urlsplit

import pytest

from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.rehearsal import seats
from rollbook.site.testing.live import live_server

pytestmark = pytest.mark.drill


@pytest.mark.rule("R18")
def test_exactly_as_many_sit_as_there_are_seats(committed: Organisation) -> None:
    with tenant_scope(committed.pk):
        install_role_bundles("college")
    campus = seats.open_campus(committed, 24, 5)

    with live_server(threads=8) as address:
        port = urlsplit(address).port
        assert port is not None
        first = asyncio.run(seats.at_once(port, campus))
        later = asyncio.run(seats.steadily(port, campus, 2))

    measures = seats.Measures(24, 5)
    seats.look(campus, measures)
    assert seats.strange([*first, *later]) == []
    assert Counter(answer.status for answer in first) == {seats.ENROLLED: 5, seats.REFUSED: 19}
    assert [answer.status for answer in later] == [seats.ENROLLED] * 2
    assert (measures.taken, set(measures.breaches.values())) == (5, {0})

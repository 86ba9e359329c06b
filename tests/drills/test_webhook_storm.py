"""Events five times each, shuffled, 32 at once, and again after a restart: one effect each.

The test sends 72 events through a real web server; the drill `rollbook drill webhook-storm` sends 1,000.
"""

from urllib.parse import urlsplit

import pytest

from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.webhooks.jobs import handle_events
from rollbook.site.rehearsal import webhook_storm
from rollbook.site.testing.live import live_server
from rollbook.systems.college.fees.examples import a_payer
from tests.races.together import together

pytestmark = pytest.mark.drill

EVENTS = 72


def test_a_storm_of_events_has_one_effect_each_and_the_same_again_after_a_restart(committed: Organisation) -> None:
    with tenant_scope(committed.id):
        for number in range(4):
            a_payer("30000.00", number=f"26000{number}")
    storm = webhook_storm.plan(committed.id, EVENTS)
    outcomes = []

    for seed in (7, 11):
        with live_server(threads=8) as address:
            port = urlsplit(address).port
            assert port is not None
            tally = webhook_storm.send(port, storm.path, storm.deliveries, seed=seed)
        assert tally.unexpected == []
        # Four workers handle what arrived, each with its own connection.
        handled = together([lambda: handle_events(organisation_id=committed.id)] * 4, workers=4)
        assert handled.failures == []
        outcomes.append(webhook_storm.outcome(committed.id))

    assert all(outcome.is_right(storm) for outcome in outcomes), outcomes
    assert outcomes[0].payments == outcomes[1].payments == storm.paid
    assert storm.refunded > 3
    assert all(storm.sent[kind] > 2 for kind in webhook_storm.BAD_KINDS)

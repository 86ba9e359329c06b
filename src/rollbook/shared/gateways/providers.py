"""The providers that Rollbook speaks to."""

from rollbook.shared.gateways.paymongo import PayMongo
from rollbook.shared.gateways.port import Gateway
from rollbook.shared.gateways.stripe import Stripe

_every: list[Gateway] = [PayMongo(), Stripe()]
PROVIDERS: dict[str, Gateway] = {gateway.name: gateway for gateway in _every}
CHOICES = {name: gateway.label for name, gateway in PROVIDERS.items()}

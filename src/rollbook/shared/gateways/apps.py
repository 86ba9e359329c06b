from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "rollbook.shared.gateways"
    label = "gateways"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare settings and decisions, and who reads the providers' events."""
        from rollbook.shared.gateways import decisions, policies
        from rollbook.shared.gateways.providers import PROVIDERS
        from rollbook.shared.gateways.receiving import ProviderInbox
        from rollbook.shared.webhooks.register import register_receiver

        policies.declare_all()
        decisions.register_all()
        for gateway in PROVIDERS.values():
            register_receiver(gateway.name, ProviderInbox(gateway))

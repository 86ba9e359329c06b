from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "rollbook.site"
    label = "rollbook_site"
    verbose_name = "Rollbook"

    def ready(self) -> None:
        # Every room is loaded now, so each can say which places it has.
        import_module("rollbook.site.navigation")
        import_module("rollbook.site.wiring")

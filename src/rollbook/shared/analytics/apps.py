from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AnalyticsConfig(AppConfig):
    name = "rollbook.shared.analytics"
    label = "analytics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Every installed room may carry a `reports.py`; importing it registers its reports.
        autodiscover_modules("reports")

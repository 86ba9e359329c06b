from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "rollbook.shared.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Every installed room may carry a `jobs.py`; importing it registers its jobs.
        autodiscover_modules("jobs")

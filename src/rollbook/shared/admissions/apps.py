from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "rollbook.shared.admissions"
    label = "admissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits and which files it takes.
        from rollbook.shared.admissions import buckets, permissions  # noqa: F401

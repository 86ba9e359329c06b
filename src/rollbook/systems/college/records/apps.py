from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "rollbook.systems.college.records"
    label = "college_records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, and the settings that it asks for.
        from rollbook.systems.college.records import permissions, policies  # noqa: F401

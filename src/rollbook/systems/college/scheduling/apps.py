from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "rollbook.systems.college.scheduling"
    label = "college_scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, and the settings that it asks for.
        from rollbook.systems.college.scheduling import permissions, policies  # noqa: F401

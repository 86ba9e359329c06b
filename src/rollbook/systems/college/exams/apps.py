from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "rollbook.systems.college.exams"
    label = "college_exams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, and the settings that it asks for.
        from rollbook.systems.college.exams import permissions  # noqa: F401

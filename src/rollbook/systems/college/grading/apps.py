from django.apps import AppConfig


class GradingConfig(AppConfig):
    name = "rollbook.systems.college.grading"
    label = "college_grading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, the settings that it asks for, and the decision that takes two people.
        from rollbook.systems.college.grading import decisions, permissions, policies  # noqa: F401

        decisions.register_all()

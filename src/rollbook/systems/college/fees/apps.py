from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "rollbook.systems.college.fees"
    label = "college_fees"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare settings and the decisions that take two people."""
        from rollbook.systems.college.fees import decisions, policies

        policies.declare_all()
        decisions.register_all()

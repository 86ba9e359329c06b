from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "rollbook.systems.college.credentials"
    label = "college_credentials"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits and may be asked, its kinds of papers, and the decision of two people.
        from rollbook.systems.college.credentials import decisions, kinds, permissions, policies  # noqa: F401

        decisions.register_all()

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "rollbook.systems.college.exams"
    label = "college_exams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, the settings that it asks for, and who answers for codes of permits.
        from rollbook.shared.documents.verification import register_verifier
        from rollbook.systems.college.exams import permissions, policies, verification  # noqa: F401

        register_verifier(verification.PREFIX, verification.verify_permit)

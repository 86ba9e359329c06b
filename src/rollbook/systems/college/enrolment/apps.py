from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "rollbook.systems.college.enrolment"
    label = "college_enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares what this room permits, and the settings that it asks for.
        from rollbook.systems.college.enrolment import permissions, policies  # noqa: F401
        from rollbook.systems.college.enrolment.services import caps, overload

        overload.register_all()
        caps.register_previews()

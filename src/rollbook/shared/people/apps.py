from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "rollbook.shared.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares the permissions of this room.
        from rollbook.shared.people import permissions  # noqa: F401
        from rollbook.shared.people.services import erasing

        erasing.register_all()

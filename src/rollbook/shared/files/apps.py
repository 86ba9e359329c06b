from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "rollbook.shared.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares the permissions and buckets of this room.
        from rollbook.shared.files import own_buckets  # noqa: F401

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "rollbook.shared.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

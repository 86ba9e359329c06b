"""How often somebody asked in a span of time. Nobody refers to it, and it may be lost in a crash."""

from django.db import models


class RateWindow(models.Model):
    """What was used of a limit in one span of time. Unlogged: a crash empties it, and harms nobody."""

    key = models.CharField(max_length=120, primary_key=True)
    used = models.BigIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"

"""Sentences that scripts show, in the reader's language, worked out once for each language."""

from functools import cache

from django.utils import translation
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

WORDS = {
    "retrying": _("The line is bad. Trying again…"),
    "lost": _("Nothing was sent: there is no connection. What you typed is kept."),
    "unknown": _("The connection broke. Reload the page to see whether it was saved."),
    "again": _("Try again"),
    "broken": _("That did not work on our side. Nothing was changed. Please try again in a moment."),
    "offline": _("You are offline. What you typed is kept."),
    "draft": _("You were typing here at {time} and it was not sent."),
    "restore": _("Bring it back"),
    "discard": _("Throw it away"),
    "selected": _("{count} selected"),
}


def words_for_scripts() -> SafeString:
    """The sentences as a block of data in the page."""
    return _block(translation.get_language() or "en")


@cache
def _block(language: str) -> SafeString:
    with translation.override(language):
        return json_script({key: str(sentence) for key, sentence in WORDS.items()}, "rb-words")

"""How the state of an issued paper is put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.shared.documents.models import Document

PAPER_STATES = {
    Document.State.ISSUED.value: State(_("In force"), "good"),
    Document.State.REVOKED.value: State(_("Revoked"), "bad"),
    Document.State.REISSUED.value: State(_("Replaced"), "neutral", "undo-2"),
}

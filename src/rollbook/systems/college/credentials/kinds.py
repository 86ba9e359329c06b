"""The official papers of the college: numbered by kind and year, verifiable by anybody, drawn from what was frozen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents.kinds import DocumentKind, Renderer, register_kind
from rollbook.systems.college.credentials import papers, permissions, snapshots
from rollbook.systems.college.credentials.reads.academic import Academic
from rollbook.systems.college.records.models import Student

#: What a paper says of a student's record; of one term where the kind is about a term.
Says = Callable[[Student, Academic, UUID | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PaperType:
    """A kind of paper that is released here."""

    code: str
    kind: DocumentKind
    says: Says

    @property
    def label(self) -> str:
        """Its title in the reader's language."""
        return gettext(self.kind.title)


def _may_view(actor: Actor, document: Any) -> bool:
    """The student it is about, and whoever released it."""
    is_theirs = actor.person_id is not None and actor.person_id == document.person_id
    is_own = actor.user_id is not None and actor.user_id == document.issued_by
    return (is_theirs and actor.may(permissions.VIEW_OWN_PAPERS)) or (is_own and actor.may(permissions.RELEASE_PAPERS))


def _paper(code: str, title: str, draw: Renderer, says: Says) -> PaperType:
    kind = register_kind(
        DocumentKind(
            key=f"college.{code.lower()}", title=title, papers={"A4": draw, "LETTER": draw},
            series=f"{code.lower()}:{{year}}", number_template=f"{code}-{{year}}-{{seq:06d}}", code_prefix=code,
            issue_permission=permissions.RELEASE_PAPERS, view_permission=permissions.VIEW_RELEASES,
            revoke_permission=permissions.REVOKE_OWN_RELEASES, may_view=_may_view, is_confidential=True,
            public_facts=lambda document: [(gettext("Name"), document.snapshot["masked_name"])],
        )
    )  # fmt: skip
    return PaperType(code, kind, says)


_ALL = (
    _paper("TOR", gettext_noop("Transcript of records"), papers.transcript, snapshots.transcript),
    _paper("COE", gettext_noop("Certificate of enrolment"), papers.enrolment_certificate,
           snapshots.enrolment_certificate),
    _paper("COR", gettext_noop("Certificate of registration"), papers.registration, snapshots.registration),
    _paper("COG", gettext_noop("Certificate of grades"), papers.grades, snapshots.grades),
    _paper("HD", gettext_noop("Honourable dismissal"), papers.dismissal, snapshots.dismissal),
)  # fmt: skip
PAPERS = {paper.code: paper for paper in _ALL}
KEYS = {paper.kind.key: paper for paper in _ALL}

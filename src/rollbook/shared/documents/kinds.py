"""Kinds of papers. A room declares its own beside its models.

CERTIFICATE = register_kind(DocumentKind(
    key="college.certificate", title="Certificate of enrolment", papers={"A4": draw_certificate},
    series="certificate:{year}", number_template="COE-{year}-{seq:06d}",
    issue_permission=permissions.ISSUE, view_permission=permissions.VIEW, revoke_permission=permissions.REVOKE,
    public_facts=lambda document: [("Name", document.snapshot["masked_name"])]))
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.sizes import PAPERS, Paper

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")
_PREFIX = re.compile(r"([A-Z]{2,6})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How one paper is drawn this time."""

    paper: Paper
    copy_number: int | None = None
    #: REVOKED or REPLACED across a paper that is no longer good.
    void_mark: str = ""


Renderer = Callable[[Document, Rendering], Composition]


def _is_theirs(actor: Actor, document: Document) -> bool:
    return actor.person_id is not None and actor.person_id == document.person_id


def _nothing(document: Document) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """The rules for one kind of paper."""

    key: str
    title: str
    #: On which papers it is printed, and how; the first is the usual one.
    papers: Mapping[str, Renderer] = field(compare=False)
    issue_permission: str
    view_permission: str
    revoke_permission: str
    #: The key of a gapless series and how its numbers are written; empty for papers without numbers.
    series: str = ""
    number_template: str = ""
    #: "code" lets anybody check the paper by its code; "none" gives it no code.
    verification: str = "code"
    #: In front of the code: TOR-2031-7K3M9QXD.
    code_prefix: str = ""
    #: What the public page says besides title, code, day and state. As little as possible.
    public_facts: Callable[[Document], Sequence[tuple[str, str]]] = field(default=_nothing, compare=False)
    #: What else lets somebody see the paper; unless said otherwise, that it is about them.
    may_view: Callable[[Actor, Any], bool] = field(default=_is_theirs, compare=False)
    #: Every reading of it is written down.
    is_confidential: bool = False


_kinds: dict[str, DocumentKind] = {}


def register_kind(kind: DocumentKind) -> DocumentKind:
    """Declare a kind of paper; twice the same is once."""
    if not _KEY.match(kind.key) or not _PREFIX.match(kind.code_prefix):
        raise ValueError(f"A kind is named like college.certificate and prefixed like COE, not {kind.key}.")
    if not kind.papers or set(kind.papers) - set(PAPERS):
        raise ValueError(f"{kind.key} is printed on papers of {', '.join(PAPERS)}.")
    if kind.verification not in {"code", "none"} or bool(kind.series) != bool(kind.number_template):
        raise ValueError(f"{kind.key}: a series needs a template of its numbers, and verification is code or none.")
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"The kind {kind.key} is declared twice, differently.")
    return _kinds[kind.key]


def kind_named(key: str) -> DocumentKind | None:
    """The kind of that key, if this installation has it."""
    return _kinds.get(key)


def kinds() -> dict[str, DocumentKind]:
    """Every declared kind by key."""
    return dict(_kinds)


def code_prefixes() -> frozenset[str]:
    """The prefixes of codes that papers of this room have."""
    return frozenset(kind.code_prefix for kind in _kinds.values() if kind.verification == "code") | {""}

"""Drawing issued papers: always from the frozen snapshot, so that a reprint says what the original said."""

from collections.abc import Sequence

from rollbook.shared.documents.errors import PaperNotOffered
from rollbook.shared.documents.kinds import DocumentKind, Rendering
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.papers.compose import Composition, render_pdf
from rollbook.shared.documents.papers.sizes import PAPERS, Paper
from rollbook.shared.documents.selectors import kind_of, refuse_altered

_VOID_MARKS = {Document.State.REVOKED: "REVOKED", Document.State.REISSUED: "REPLACED"}


def render(document: Document, *, paper: str = "", copy_number: int | None = None) -> bytes:
    """One paper as PDF. The same document, paper and copy give the same bytes."""
    return render_many([document], paper=paper, copy_number=copy_number)


def render_many(documents: Sequence[Document], *, paper: str = "", copy_number: int | None = None) -> bytes:
    """Papers of one kind in one file, in the order given: far faster than a file for each."""
    size = paper_of(kind_of(documents[0]), paper)
    return render_pdf([_composed(document, size, copy_number) for document in documents], size)


def paper_of(kind: DocumentKind, name: str) -> Paper:
    """The paper of that name, or the usual one of the kind."""
    wanted = name or next(iter(kind.papers))
    if wanted not in kind.papers:
        raise PaperNotOffered(paper=name, offered=", ".join(kind.papers))
    return PAPERS[wanted]


def _composed(document: Document, paper: Paper, copy_number: int | None) -> Composition:
    refuse_altered(document)
    draw = kind_of(document).papers[paper.name]
    mark = _VOID_MARKS.get(Document.State(document.state), "")
    return draw(document, Rendering(paper=paper, copy_number=copy_number, void_mark=mark))

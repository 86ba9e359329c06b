"""Issuing papers and what becomes of them, one function per act."""

from rollbook.shared.documents.services.issuing import issue, reissue, revoke
from rollbook.shared.documents.services.printing import keep, print_document

__all__ = ["issue", "keep", "print_document", "reissue", "revoke"]

"""The ways in which this room says no."""

from rollbook.core.errors import Refusal


class NotInForce(Refusal):
    """{number} is {state} and cannot be changed any more. Open the newest paper instead."""

    code = "DOCUMENT_NOT_IN_FORCE"


class PaperNotOffered(Refusal):
    """This document is not printed on {paper}. Choose one of {offered}."""

    code = "PAPER_NOT_OFFERED"
    status = 422


class SnapshotAltered(Refusal):
    """What is stored of {number} differs from what was issued. Do not hand it out; call the operator."""

    code = "SNAPSHOT_ALTERED"
    status = 500

"""What ready-made papers say, as plain dictionaries that live as frozen JSON.

Amounts are decimal strings ("5333.34", "-500.00") and are written with separators here; the currency is named once.
Days and moments are written by whoever fills the dictionary, in the organisation's time and language. `words` replaces
the English labels: {"Received from": "Tinanggap mula kay"}.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

#: A label and what it says, or a description and its amount.
Pair = Sequence[str]


class Institution(TypedDict, total=False):
    """Who issues the paper."""

    name: str
    address: str
    contact: str
    #: Tax number, permit number and the like.
    registration: str
    #: Hex colour.
    accent: str


class Separators(TypedDict, total=False):
    """How amounts are written; English when left out."""

    group: str
    decimal: str


class PaperData(TypedDict, total=False):
    """What every paper has."""

    institution: Institution
    title: str
    words: Mapping[str, str]
    separators: Separators
    #: Where and by which code the paper is verified; a QR code is drawn when there is an address.
    verify_url: str
    verify_code: str
    notes: Sequence[str]
    #: A word across a paper that is no longer good: VOIDED, REVOKED.
    void_mark: str


class ReceiptData(PaperData, total=False):
    """A receipt: who paid, how much, and where the money landed."""

    number: str
    issued: str
    received_from: str
    customer_number: str
    #: What else the paper says of the customer: programme, term.
    facts: Sequence[Pair]
    currency: str
    #: Where the money landed: (description, amount).
    lines: Sequence[Pair]
    total: str
    in_words: str
    method: str
    reference: str
    #: What is owed and held after the payment: (label, amount).
    after: Sequence[Pair]
    cashier: str


class StatementLine(TypedDict, total=False):
    """One movement on an account."""

    date: str
    reference: str
    description: str
    charge: str
    payment: str
    balance: str


class InstalmentLine(TypedDict, total=False):
    """One instalment and how it stands."""

    name: str
    due_on: str
    due: str
    paid: str
    left: str
    state: str


class StatementData(PaperData, total=False):
    """A statement of account on a day."""

    number: str
    as_of: str
    customer: str
    customer_number: str
    facts: Sequence[Pair]
    currency: str
    #: The figures at the top: (label, amount); the last one is the one that matters.
    summary: Sequence[Pair]
    instalments: Sequence[InstalmentLine]
    movements: Sequence[StatementLine]


class PermitData(PaperData, total=False):
    """A permit that is shown at a door. It says nothing of money."""

    code: str
    holder: str
    holder_number: str
    #: What it admits to, large.
    admits_to: str
    facts: Sequence[Pair]
    valid: str


class ShiftSection(TypedDict, total=False):
    """A part of a shift report: (label, amount) or (label, count, amount)."""

    title: str
    lines: Sequence[Pair]
    total: Pair


class ShiftReportData(PaperData, total=False):
    """An X report (the shift goes on) or a Z report (it is closed)."""

    #: "X" or "Z".
    kind: str
    number: str
    printed: str
    facts: Sequence[Pair]
    currency: str
    sections: Sequence[ShiftSection]
    #: (denomination, count, amount)
    denominations: Sequence[Pair]
    #: Expected, counted, difference.
    result: Sequence[Pair]
    signatures: Sequence[str]

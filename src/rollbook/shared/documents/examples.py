"""Papers as an institution would fill them, for tests, the gallery of papers and demonstrations."""

from rollbook.shared.documents.papers.data import (
    Institution,
    PermitData,
    ReceiptData,
    ShiftReportData,
    StatementData,
    StatementLine,
)

INSTITUTION: Institution = {
    "name": "Sampaguita College of San Isidro",
    "address": "12 Mabini Street, Calamba, Laguna 4027",
    "contact": "cashier@sampaguita.example · (049) 555 0101",
    "registration": "TIN 123-456-789-000",
    "accent": "#0f6b4f",
}
_URL = "https://rollbook.example.edu/verify/sampaguita/"


def a_receipt(**changes: object) -> ReceiptData:
    """Eight thousand pesos for the first two months."""
    data: ReceiptData = {
        "institution": INSTITUTION,
        "title": "Acknowledgement Receipt",
        "number": "RCP-2031-000042",
        "issued": "15 Jan 2031, 10:42",
        "received_from": "Maria Clara Santos Dela Peña",
        "customer_number": "2031-00042",
        "facts": [("Programme", "BSIT · year 2"), ("Term", "2030–31, second semester")],
        "currency": "PHP",
        "lines": [("Month 1 · due 31 Jan 2031", "5000.00"), ("Month 2 · due 28 Feb 2031 (part)", "3000.00")],
        "total": "8000.00",
        "in_words": "Eight thousand and 00/100 pesos",
        "method": "Cash",
        "after": [("Left to pay this term", "22000.00"), ("Next due 28 Feb 2031", "2000.00"), ("Credit", "0.00")],
        "cashier": "Rosa Villanueva",
        "verify_url": f"{_URL}7K3M9QXD/",
        "verify_code": "7K3M-9QXD",
        "notes": ["Keep this paper. It is valid without a signature when its code is confirmed."],
    }
    return data | changes  # type: ignore[return-value]


def a_statement(lines: int = 9, **changes: object) -> StatementData:
    """A term with six instalments and what was paid on them."""
    months = ["31 Jan 2031", "28 Feb 2031", "31 Mar 2031", "30 Apr 2031", "31 May 2031", "30 Jun 2031"]
    states = ["Paid", "Part paid", "Open", "Covered", "Open", "Open"]
    paid = ["5333.34", "2666.66", "0.00", "0.00", "0.00", "0.00"]
    due = ["5333.34", "5333.34", "5333.33", "5333.33", "5333.33", "5333.33"]
    left = ["0.00", "2666.68", "5333.33", "5333.33", "5333.33", "5333.33"]
    data: StatementData = {
        "institution": INSTITUTION,
        "title": "Statement of account",
        "as_of": "As of 15 Feb 2031",
        "customer": "Maria Clara Santos Dela Peña",
        "customer_number": "2031-00042",
        "facts": [
            ("Programme", "BS Information Technology"),
            ("Year level", "2"),
            ("Term", "2030–31, second semester"),
            ("Plan", "6 instalments"),
        ],
        "currency": "PHP",
        "summary": [("Charged", "32000.00"), ("Paid", "8000.00"), ("Credit", "0.00"), ("Left to pay", "24000.00")],
        "instalments": [
            {
                "name": f"Month {number + 1}",
                "due_on": months[number],
                "due": due[number],
                "paid": paid[number],
                "left": left[number],
                "state": states[number],
            }
            for number in range(6)
        ],
        "movements": [
            {
                "date": "3 Jan 2031",
                "description": "Tuition and fees, 21 units",
                "charge": "32000.00",
                "balance": "32000.00",
            },
            *[
                StatementLine(
                    date=f"{number + 5} Jan 2031",
                    reference=f"RCP-2031-{number + 40:06d}",
                    description="Payment in cash" if number % 3 else "Bank transfer, reference BDO-77120934-ZX",
                    payment="1000.00",
                    balance=f"{31000 - number * 1000}.00",
                )
                for number in range(lines - 1)
            ],
        ],
        "notes": ["Payments fill the instalments in order. Amounts are in Philippine pesos."],
        "verify_url": f"{_URL}9XDM7K3Q/",
        "verify_code": "9XDM-7K3Q",
    }
    return data | changes  # type: ignore[return-value]


def a_permit(**changes: object) -> PermitData:
    """A place at the midterm examination."""
    data: PermitData = {
        "institution": INSTITUTION,
        "title": "Examination permit",
        "code": "PRM-2031-7K3M9QXD",
        "holder": "Maria Clara Santos Dela Peña",
        "holder_number": "2031-00042",
        "facts": [("Programme", "BS Information Technology, year 2"), ("Term", "2030–31, second semester")],
        "admits_to": "Midterm examination",
        "valid": "24 to 28 Feb 2031, all subjects",
        "verify_url": f"{_URL}PRM-2031-7K3M9QXD/",
    }
    return data | changes  # type: ignore[return-value]


def a_shift_report(**changes: object) -> ShiftReportData:
    """A closed shift with a small difference."""
    data: ShiftReportData = {
        "institution": INSTITUTION,
        "title": "Z report",
        "kind": "Z",
        "number": "Z-2031-000118",
        "printed": "Printed 15 Jan 2031, 17:04",
        "facts": [
            ("Cashier", "Rosa Villanueva"),
            ("Station", "Window 2"),
            ("Opened", "15 Jan 2031, 08:01"),
            ("Closed", "15 Jan 2031, 17:02"),
            ("First receipt", "RCP-2031-000031"),
            ("Last receipt", "RCP-2031-000114"),
            ("Receipts", "84"),
            ("Voided", "1"),
        ],
        "currency": "PHP",
        "sections": [
            {
                "title": "Received",
                "lines": [
                    ("Cash", "52", "18500.00"),
                    ("Cheque", "3", "31250.50"),
                    ("Card", "11", "48210.00"),
                    ("E-wallet", "18", "27999.99"),
                ],
                "total": ("All methods", "84", "125960.49"),
            },
            {
                "title": "Cash in the drawer",
                "lines": [
                    ("Opening float", "2000.00"),
                    ("Cash received", "52", "18500.00"),
                    ("Voided and refunded", "1", "-500.00"),
                    ("Picked up", "0", "0.00"),
                ],
                "total": ("Expected", "20000.00"),
            },
        ],
        "denominations": [
            ("1000", "12", "12000.00"),
            ("500", "11", "5500.00"),
            ("200", "4", "800.00"),
            ("100", "12", "1200.00"),
            ("50", "5", "250.00"),
            ("20", "4", "80.00"),
            ("10", "1", "10.00"),
            ("5", "2", "10.00"),
        ],
        "result": [("Expected", "20000.00"), ("Counted", "19850.00"), ("Difference", "-150.00")],
        "notes": ["The difference is above the tolerance of 100.00 and needs a supervisor."],
        "signatures": ["Cashier: Rosa Villanueva", "Supervisor"],
    }
    return data | changes  # type: ignore[return-value]

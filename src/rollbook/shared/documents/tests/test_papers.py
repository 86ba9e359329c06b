"""What stands on papers, read back out of the PDFs, and that the same paper is the same bytes."""

import hashlib
import io
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from rollbook.shared.documents import examples
from rollbook.shared.documents.papers import (
    A4,
    A5,
    A6,
    LETTER,
    ROLL_80,
    Composition,
    Paper,
    fonts,
    permit,
    receipt,
    render_pdf,
    shift_report,
    statement,
)
from rollbook.shared.documents.papers.blocks import Column, Keep, Space, Table, Text
from rollbook.shared.documents.papers.parts import Writer
from rollbook.shared.files.tests.samples import a_jpeg, a_png

Layout = Callable[..., Composition]


def _pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def _words(content: bytes) -> str:
    return " ".join(" ".join(_pages(content)).split())


def _size(content: bytes) -> tuple[float, float]:
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    return float(box.width), float(box.height)


def test_a_receipt_says_who_paid_how_much_for_what() -> None:
    words = _words(render_pdf([receipt(examples.a_receipt())], A5))

    for said in (
        "Acknowledgement Receipt RCP-2031-000042 15 Jan 2031, 10:42",
        "Received from Maria Clara Santos Dela Peña 2031-00042",
        "Month 1 · due 31 Jan 2031 5,000.00",
        "Month 2 · due 28 Feb 2031 (part) 3,000.00",
        "Amount received PHP 8,000.00",
        "Eight thousand and 00/100 pesos",
        "22,000.00",
        "7K3M-9QXD",
        "Page 1 of 1",
    ):
        assert said in words, said
    assert "COPY" not in words


@pytest.mark.parametrize("paper", [A5, ROLL_80])
def test_a_reprint_says_which_copy_it_is_and_nothing_else_changes(paper: Paper) -> None:
    original = _words(render_pdf([receipt(examples.a_receipt(), paper=paper)], paper))
    copy = _words(render_pdf([receipt(examples.a_receipt(), paper=paper, copy_number=2)], paper))

    assert "COPY 2" in copy
    assert copy.replace("COPY 2", "").replace("·", "").split() == original.replace("·", "").split()


def test_a_voided_receipt_says_so_across_it() -> None:
    words = _words(render_pdf([receipt(examples.a_receipt(void_mark="VOIDED"), copy_number=3)], A5))

    assert "VOIDED" in words
    assert "COPY 3" in words


LAYOUTS: list[tuple[Layout, Callable[..., Any], Paper, dict[str, object]]] = [
    (receipt, examples.a_receipt, A5, {}),
    (receipt, examples.a_receipt, A5, {"logo": a_png("RGBA"), "copy_number": 4}),
    (receipt, examples.a_receipt, A4, {}),
    (receipt, examples.a_receipt, LETTER, {}),
    (receipt, examples.a_receipt, ROLL_80, {}),
    (statement, examples.a_statement, A4, {}),
    (permit, examples.a_permit, A6, {"photo": a_jpeg()}),
    (shift_report, examples.a_shift_report, A4, {}),
    (shift_report, examples.a_shift_report, ROLL_80, {}),
]


@pytest.mark.parametrize(("layout", "data", "paper", "more"), LAYOUTS)
def test_the_same_paper_is_the_same_bytes_every_time(
    layout: Layout, data: Callable[[], Any], paper: Paper, more: dict[str, object]
) -> None:
    once = render_pdf([layout(data(), paper=paper, **more)], paper)

    assert render_pdf([layout(data(), paper=paper, **more)], paper) == once
    assert b"/CreationDate (D:2000" in once or b"CreationDate" not in once


_ELSEWHERE = """
import hashlib
from rollbook.shared.documents import examples
from rollbook.shared.documents.papers import A5, receipt, render_pdf
print(hashlib.sha256(render_pdf([receipt(examples.a_receipt())], A5)).hexdigest())
"""


def test_another_process_on_another_day_draws_the_same_bytes() -> None:
    here = hashlib.sha256(render_pdf([receipt(examples.a_receipt())], A5)).hexdigest()
    environment = {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LANG": "C"}

    there = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert there == here


def test_eight_threads_at_once_draw_the_same_bytes() -> None:
    expected = render_pdf([receipt(examples.a_receipt())], A5)
    drawn: list[bytes] = []

    def draw() -> None:
        drawn.extend(render_pdf([receipt(examples.a_receipt())], A5) for _ in range(3))

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(drawn) == 24
    assert set(drawn) == {expected}


@pytest.mark.parametrize(("layout", "data", "paper", "more"), LAYOUTS)
def test_papers_have_their_size_and_their_fonts_inside(
    layout: Layout, data: Callable[[], Any], paper: Paper, more: dict[str, object]
) -> None:
    content = render_pdf([layout(data(), paper=paper, **more)], paper)

    width, height = _size(content)
    assert width == pytest.approx(paper.width, abs=0.01)
    if paper.height is not None:
        assert height == pytest.approx(paper.height, abs=0.01)
    reader = PdfReader(io.BytesIO(content))
    fonts_used = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts_used
    used = [font for font in fonts_used if font["/Subtype"] == "/TrueType"]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)
    assert len(used) >= 2


@pytest.mark.parametrize("name", ["Ñ" * 120, "Nguyễn Thị Ánh Đặng", "Þórður Ægisson", "O’Brien-Łaski", "Ελένη", "X"])
def test_names_of_any_length_and_accent_stand_on_every_paper(name: str) -> None:
    papers = [
        render_pdf([receipt(examples.a_receipt(received_from=name))], A5),
        render_pdf([receipt(examples.a_receipt(received_from=name), paper=ROLL_80)], ROLL_80),
        render_pdf([statement(examples.a_statement(customer=name, movements=[]))], A4),
        render_pdf([permit(examples.a_permit(holder=name))], A6),
    ]

    for content in papers:
        assert "".join(name.split()) in "".join(_words(content).split())
        assert len(_pages(content)) == 1


def test_a_character_that_the_fonts_lack_is_shown_as_missing_never_dropped() -> None:
    assert fonts.printable("Ana 李 ₱₦ñ") == "Ana □ ₱₦ñ"
    assert "□ Cruz" in _words(render_pdf([permit(examples.a_permit(holder="李 Cruz"))], A6))


def test_a_long_statement_repeats_its_head_and_counts_its_pages() -> None:
    pages = _pages(render_pdf([statement(examples.a_statement(119))], A4))

    assert len(pages) == 5
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 5" in page
        assert page.count("Reference") == (1 if "RCP-2031-" in page else 0)
    receipts = [word for page in pages for word in page.split() if word.startswith("RCP-2031-")]
    assert len(receipts) == len(set(receipts)) == 118


def test_a_head_does_not_stand_alone_at_the_end_of_a_page() -> None:
    table = Table(columns=(Column("Head of table"),), rows=[("first row",)], size=9)
    for room in range(560, 700, 4):
        pages = _pages(render_pdf([Composition("x", "x", [Space(room), table])], A4))
        for page in pages:
            assert ("Head of table" in page) == ("first row" in page), room


def test_what_belongs_together_moves_to_the_next_page_together() -> None:
    kept = Keep([Text("sum of all", 10), Text("signature", 10)], at_foot=True)
    pages = _pages(render_pdf([Composition("x", "x", [Space(735), kept])], A4))

    assert len(pages) == 2
    assert pages[1].count("sum of all") == pages[1].count("signature") == 1


def test_a_permit_says_nothing_of_money() -> None:
    words = _words(render_pdf([permit(examples.a_permit(), photo=a_jpeg())], A6))

    for said in ("Maria Clara Santos Dela Peña", "Midterm examination", "24 to 28 Feb 2031", "PRM-2031-7K3M9QXD"):
        assert said in words
    for unsaid in ("PHP", "₱", ".00", "paid", "balance", "promissory"):
        assert unsaid not in words


@pytest.mark.parametrize("paper", [A4, ROLL_80])
def test_a_shift_report_shows_what_should_be_there_what_was_counted_and_the_difference(paper: Paper) -> None:
    words = _words(render_pdf([shift_report(examples.a_shift_report(), paper=paper)], paper))

    for said in ("Z report", "Z-2031-000118", "18,500.00", "−500.00", "12,000.00", "Expected 20,000.00",
                 "Counted 19,850.00", "Difference PHP −150.00", "Supervisor"):  # fmt: skip
        assert said in words, said


@pytest.mark.parametrize(
    ("text", "written"),
    [("5333.34", "5,333.34"), ("-500.00", "−500.00"), ("1000000", "1,000,000"), ("0.00", "0.00"), ("", ""), ("—", "—"),
     ("12.345.6", "12.345.6"), ("1234567.891", "1,234,567.891")],
)  # fmt: skip
def test_amounts_get_their_separators_and_nothing_else_changes(text: str, written: str) -> None:
    assert Writer({}).amount(text) == written


def test_a_paper_speaks_the_words_and_separators_that_were_frozen_with_it() -> None:
    data = examples.a_receipt(
        words={"Received from": "Tinanggap mula kay", "COPY": "SIPI", "Page": "Pahina", "of": "ng"},
        separators={"group": ".", "decimal": ","},
    )

    words = _words(render_pdf([receipt(data, copy_number=2)], A5))

    for said in ("Tinanggap mula kay", "8.000,00", "SIPI 2", "Pahina 1 ng 1"):
        assert said in words


def test_many_papers_in_one_file_are_each_what_they_would_be_alone() -> None:
    numbers = [f"RCP-2031-{number:06d}" for number in range(1, 31)]
    together = _pages(render_pdf([receipt(examples.a_receipt(number=number)) for number in numbers], A5))

    assert len(together) == 30
    for number, page in zip(numbers, together, strict=True):
        assert page == _pages(render_pdf([receipt(examples.a_receipt(number=number))], A5))[0]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.floats(20, 400))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    lines = fonts.wrapped(text, 9, width)

    widest = max((fonts.width_of(character, 9) for character in fonts.printable(text)), default=0)
    assert all(fonts.width_of(line, 9) <= max(width, widest) + 0.01 for line in lines)
    assert "".join("".join(lines).split()) == "".join(
        "".join(fonts.printable(part) for part in text.split("\n")).split()
    )

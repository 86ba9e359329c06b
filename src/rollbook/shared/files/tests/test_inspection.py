"""What a file is, its bytes say."""

import io

import pytest
from PIL import Image

from rollbook.shared.files import inspection
from rollbook.shared.files.buckets import (
    DOCX,
    GIF,
    JPEG,
    MEGABYTE,
    PDF,
    PICTURES,
    PNG,
    TEXT,
    WEBP,
    XLSX,
    ZIP,
    Bucket,
    PictureBounds,
    register_bucket,
)
from rollbook.shared.files.errors import (
    ArchiveTooLarge,
    FileEmpty,
    FileIsAProgram,
    FileIsDamaged,
    FileRefused,
    FileTooLarge,
    FileTypeNotTaken,
    PdfHasProgram,
    PdfIsLocked,
    PictureTooLarge,
)
from rollbook.shared.files.pictures import draw_anew, square
from rollbook.shared.files.services.storing import check_upload
from rollbook.shared.files.tests import samples

PAPERS = Bucket(
    name="tests.papers",
    label="Papers",
    types=frozenset({JPEG, PNG, PDF}),
    max_bytes=10 * MEGABYTE,
    upload_permission="",
    view_permission="",
)
SHEETS = Bucket(
    name="tests.sheets",
    label="Sheets",
    types=frozenset({XLSX, TEXT}),
    max_bytes=5 * MEGABYTE,
    max_unpacked_bytes=20 * MEGABYTE,
    upload_permission="",
    view_permission="",
)


def _saved(mode: str, image_format: str) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (8, 8)).save(target, image_format)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (samples.a_jpeg(), JPEG),
        (samples.a_png(), PNG),
        (_saved("RGB", "WEBP"), WEBP),
        (_saved("P", "GIF"), GIF),
        (samples.a_pdf(), PDF),
        (samples.a_workbook(), XLSX),
        (samples.an_archive({"[Content_Types].xml": b"", "word/document.xml": b""}), DOCX),
        (samples.an_archive({"notes.txt": b"hello"}), ZIP),
        ("número;nombre\n1;Peña\n".encode(), TEXT),
        ("\ufeffnúmero;nombre".encode(), TEXT),
        ("número,nombre".encode("utf-16"), TEXT),
        ("n\u00famero".encode("latin-1"), TEXT),
    ],
)
def test_good_files_are_known_by_their_bytes(content: bytes, content_type: str) -> None:
    seen = inspection.look_at(content)

    assert (seen.content_type, seen.is_program) == (content_type, False)


@pytest.mark.parametrize(
    "content",
    [
        samples.A_PROGRAM,
        b"\x7fELF\x02\x01\x01",
        b"#!/bin/sh\nrm -rf /",
        b"\xca\xfe\xba\xbe\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00",
        samples.an_archive({"invoice.pdf.exe": b"x"}),
        samples.an_archive({"xl/vbaProject.bin": b"x", "[Content_Types].xml": b""}),
        b"<html><script>alert(1)</script>",
        b'  <?xml version="1.0"?><svg onload="x()">',
        b"@echo off\r\ndel *.*",
    ],
)
def test_a_program_is_a_program_whatever_its_name_says(content: bytes) -> None:
    with pytest.raises(FileIsAProgram) as refusal:
        check_upload(PAPERS, content, "form137.pdf")

    assert refusal.value.detail.endswith(
        "whatever its name says, and is not taken. Send a JPEG picture, a PNG picture or a PDF instead."
    )


REFUSED = [
    (PAPERS, b"", FileEmpty, "This file is empty. Choose it again; if it is empty there too, make it anew."),
    (
        PAPERS,
        b"%PDF-" + b"x" * (10 * MEGABYTE),
        FileTooLarge,
        "This file is larger than 10 MB. Make it smaller, for instance by a lower resolution, and send it again.",
    ),
    (
        PAPERS,
        samples.A_PROGRAM,
        FileIsAProgram,
        (
            "This file is a Windows program, whatever its name says, and is not taken. "
            "Send a JPEG picture, a PNG picture or a PDF instead."
        ),
    ),
    (
        PAPERS,
        samples.a_pdf(password="secret"),
        PdfIsLocked,
        "This PDF is protected by a password. Save a copy without the password and send that.",
    ),
    (
        PAPERS,
        samples.a_pdf(script="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        PdfHasProgram,
        "This PDF contains a program. Print it to a new PDF and send that.",
    ),
    (
        PAPERS,
        samples.a_pdf()[:-200],
        FileIsDamaged,
        "This file is damaged or was not sent completely. Open it to see that it is whole, then send it again.",
    ),
    (PAPERS, samples.a_jpeg()[:400], FileIsDamaged, None),
    (PAPERS, b"\x89PNG\r\n\x1a\n" + b"\0" * 50, FileIsDamaged, None),
    (
        PAPERS,
        samples.a_png_that_claims(30_000, 30_000),
        PictureTooLarge,
        "This picture has more than 178 million pixels; 60 million is the most. Make it smaller and send it again.",
    ),
    (
        PAPERS,
        samples.a_png_that_claims(9_000, 9_000),
        PictureTooLarge,
        "This picture has 81 million pixels; 60 million is the most. Make it smaller and send it again.",
    ),
    (
        PAPERS,
        samples.a_workbook(),
        FileTypeNotTaken,
        "This file is an Excel workbook (.xlsx). Send a JPEG picture, a PNG picture or a PDF instead.",
    ),
    (PAPERS, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileTypeNotTaken, None),
    (PAPERS, b"\x01\x02\x03\x04", FileTypeNotTaken, None),
    (
        SHEETS,
        samples.a_bomb(40),
        ArchiveTooLarge,
        "Unpacked, this file would be larger than 20 MB. Split it into several and send those.",
    ),
    (SHEETS, samples.a_lying_bomb(40), FileIsDamaged, None),
    (SHEETS, samples.a_workbook()[:-30], FileIsDamaged, None),
    (SHEETS, samples.a_workbook(**{f"xl__{n}": b"" for n in range(10_000)}), ArchiveTooLarge, None),
]  # fmt: skip


@pytest.mark.parametrize(("bucket", "content", "refused", "sentence"), REFUSED)
def test_what_a_bucket_does_not_take_is_refused_in_a_sentence(
    bucket: Bucket, content: bytes, refused: type[FileRefused], sentence: str | None
) -> None:
    with pytest.raises(refused) as refusal:
        check_upload(bucket, content, "paper.pdf")

    assert refusal.value.status == 422
    if sentence:
        assert refusal.value.detail == sentence


def test_a_bomb_is_refused_without_being_unpacked_into_memory() -> None:
    import tracemalloc

    content = samples.a_bomb(64)
    tracemalloc.start()
    with pytest.raises(ArchiveTooLarge):
        check_upload(SHEETS, content, "grades.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * MEGABYTE


def test_a_photo_is_drawn_anew_upright_smaller_and_without_where_it_was_taken() -> None:
    content = samples.a_jpeg(2000, 1000, turned=True)
    assert samples.GPS_MARK in content

    drawn = draw_anew(content, JPEG, PictureBounds(width=300, height=300))

    assert (drawn.width, drawn.height, drawn.content_type) == (150, 300, JPEG)
    assert samples.GPS_MARK not in drawn.content
    with Image.open(io.BytesIO(drawn.content)) as picture:
        assert not picture.getexif()
        # The red corner was at the top left of the camera, which lay on its side.
        red, green, _ = picture.convert("RGB").getpixel((140, 10))
        assert red > 150 > green


def test_a_picture_with_transparent_parts_stays_a_png_and_others_become_jpeg() -> None:
    assert draw_anew(samples.a_png("RGBA"), PNG, PictureBounds()).content_type == PNG
    assert draw_anew(samples.a_png("RGB"), PNG, PictureBounds()).content_type == JPEG
    assert draw_anew(_saved("P", "GIF"), GIF, PictureBounds()).content_type == JPEG
    assert draw_anew(_saved("CMYK", "JPEG"), JPEG, PictureBounds()).content_type == JPEG


def test_a_small_square_of_a_photo_weighs_little() -> None:
    small = square(samples.a_jpeg(900, 700), 160)

    with Image.open(io.BytesIO(small)) as picture:
        assert (picture.size, picture.format) == ((160, 160), "JPEG")
    assert len(small) < 12_000


@pytest.mark.parametrize(
    ("sent", "content", "stored"),
    [
        ("C:\\Users\\ana\\Good moral.PDF", samples.a_pdf(), "Good moral.pdf"),
        ("../../etc/passwd", samples.a_pdf(), "passwd.pdf"),
        ("photo.png.exe", samples.a_jpeg(), "photo.png.jpg"),
        ("pan\u0303o\u202egpj.pdf", samples.a_pdf(), "pañogpj.pdf"),
        ("", samples.a_pdf(), "file.pdf"),
        ("..", samples.a_pdf(), "file.pdf"),
        ("x" * 300 + ".pdf", samples.a_pdf(), "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_kept_as_a_name_with_the_ending_of_what_the_file_is(sent: str, content: bytes, stored: str) -> None:
    assert check_upload(PAPERS, content, sent).name == stored


def test_a_csv_keeps_its_ending() -> None:
    assert check_upload(SHEETS, b"a,b\n", "Payments.CSV").name == "Payments.csv"


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Tests"},
        {"types": frozenset({"application/x-msdownload"})},
        {"max_bytes": 0},
        {"max_bytes": 51 * MEGABYTE},
    ],
)
def test_a_bucket_with_impossible_rules_is_a_mistake_of_its_room(bad: dict[str, object]) -> None:
    rules: dict[str, object] = {
        "name": "tests.bad",
        "label": "Bad",
        "types": PICTURES,
        "max_bytes": 1,
        "upload_permission": "",
        "view_permission": "",
    }
    with pytest.raises(ValueError, match=r"bucket"):
        register_bucket(Bucket(**(rules | bad)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "words"), [(10 * MEGABYTE, "10 MB"), (int(2.5 * MEGABYTE), "2.5 MB"), (300 * 1024, "300 kB"), (5, "1 kB")]
)
def test_sizes_are_said_in_words(size: int, words: str) -> None:
    assert inspection.size_words(size) == words

"""What a file is and whether it is sound, decided from its bytes alone."""

import io
import re
import zipfile
from dataclasses import dataclass

import puremagic

from rollbook.shared.files.buckets import (
    DOCX,
    GIF,
    JPEG,
    MEGABYTE,
    PDF,
    PNG,
    TEXT,
    WEBP,
    XLSX,
    ZIP,
)
from rollbook.shared.files.errors import (
    ArchiveTooLarge,
    FileIsDamaged,
    PdfHasProgram,
    PdfIsLocked,
)

#: How types are called in sentences.
TYPE_WORDS = {
    JPEG: "a JPEG picture",
    PNG: "a PNG picture",
    WEBP: "a WebP picture",
    GIF: "a GIF picture",
    PDF: "a PDF",
    XLSX: "an Excel workbook (.xlsx)",
    DOCX: "a Word document (.docx)",
    ZIP: "a ZIP archive",
    TEXT: "plain text or CSV",
}
EXTENSIONS = {
    JPEG: "jpg",
    PNG: "png",
    WEBP: "webp",
    GIF: "gif",
    PDF: "pdf",
    XLSX: "xlsx",
    DOCX: "docx",
    ZIP: "zip",
    TEXT: "txt",
}

_PROGRAMS = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xfe\xed\xfa", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a Java or macOS program"),
    (b"#!", "a script"),
    (b"dex\n", "an Android program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file or installer, which may contain programs"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut"),
)
_SIMPLE = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"GIF87a", GIF), (b"GIF89a", GIF), (b"%PDF-", PDF))
_HEIF = re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)\b")
_PROGRAM_PARTS = re.compile(
    r"(^|/)vbaProject\.bin$|\.(exe|dll|scr|com|bat|cmd|ps1|js|vbs|jar|apk|msi|sh)$", re.IGNORECASE
)
_MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is. `content_type` is empty for everything that no bucket takes."""

    content_type: str
    words: str
    is_program: bool = False


def look_at(content: bytes) -> Seen:
    """Tell from its bytes what a file is."""
    program = next((words for start, words in _PROGRAMS if content.startswith(start)), None)
    if program:
        return Seen("", program, is_program=True)
    content_type = _type_by_start(content)
    if content_type:
        return Seen(content_type, TYPE_WORDS[content_type])
    if content.startswith(b"PK\x03\x04"):
        return _look_into_archive(content)
    if _HEIF.match(content):
        return Seen("", "a picture in Apple's HEIC or the AVIF format")
    return _look_at_text(content) if _is_text(content) else Seen("", _guess(content))


def _type_by_start(content: bytes) -> str:
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return next((content_type for start, content_type in _SIMPLE if content.startswith(start)), "")


def _look_into_archive(content: bytes) -> Seen:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileIsDamaged from error
    if any(_PROGRAM_PARTS.search(part) for part in parts):
        return Seen("", "an archive or document with a program in it", is_program=True)
    if "AndroidManifest.xml" in parts or "META-INF/MANIFEST.MF" in parts:
        return Seen("", "a Java or Android program", is_program=True)
    if "[Content_Types].xml" in parts:
        if any(part.startswith("xl/") for part in parts):
            return Seen(XLSX, TYPE_WORDS[XLSX])
        if any(part.startswith("word/") for part in parts):
            return Seen(DOCX, TYPE_WORDS[DOCX])
    return Seen(ZIP, TYPE_WORDS[ZIP])


def _is_text(content: bytes) -> bool:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        # Spreadsheets of older Windows write one byte for each letter.
        text = content.decode("latin-1")
    return not any(ord(character) < 32 and character not in "\t\r\n\f" for character in text)


def _look_at_text(content: bytes) -> Seen:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")):
        return Seen("", "a web page or drawing, which may contain programs", is_program=True)
    if start.startswith((b"@echo", b"<?php", b"import ", b"powershell")):
        return Seen("", "a script", is_program=True)
    return Seen(TEXT, TYPE_WORDS[TEXT])


def _guess(content: bytes) -> str:
    try:
        found = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        found = []
    return f"of a kind that is not taken ({found[0].name})" if found else "of an unknown kind"


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is locked, cut off, or brings a program."""
    if b"%%EOF" not in content[-2048:] or b"startxref" not in content[-4096:]:
        raise FileIsDamaged
    if _ENCRYPTED.search(content):
        raise PdfIsLocked
    if _ACTIVE.search(content):
        raise PdfHasProgram


def check_archive(content: bytes, *, most_bytes: int) -> None:
    """Unpack everything once, never keeping it: what lies about its size or is too large is refused."""
    too_large = ArchiveTooLarge(limit=size_words(most_bytes))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most_bytes:
                raise too_large
            if any(part.flag_bits & 0x1 for part in parts):
                raise FileIsDamaged
            left = most_bytes
            for part in parts:
                with archive.open(part) as stream:
                    while piece := stream.read(MEGABYTE):
                        left -= len(piece)
                        if left < 0:
                            raise too_large
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        # The library names a broken checksum, an overlap or an unknown method in as many ways.
        raise FileIsDamaged from error


def size_words(size_bytes: int) -> str:
    """A size as people say it: 10 MB, 300 kB."""
    if size_bytes >= MEGABYTE:
        tenths = size_bytes * 10 // MEGABYTE
        return f"{tenths // 10} MB" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} MB"
    return f"{max(1, size_bytes // 1024)} kB"


def allowed_words(types: frozenset[str]) -> str:
    """The types of a bucket in a sentence: "a JPEG picture, a PNG picture or a PDF"."""
    words = [TYPE_WORDS[content_type] for content_type in TYPE_WORDS if content_type in types]
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]

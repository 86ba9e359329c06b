"""Files as people send them, good and bad, made on the spot."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

#: Where the camera stood; must not survive.
GPS_MARK = b"GPS-14.599-120.984"


def a_jpeg(width: int = 640, height: int = 480, *, turned: bool = False) -> bytes:
    """A photo with what a telephone writes into it: position, maker, and which way was up."""
    picture = Image.new("RGB", (width, height), (40, 90, 160))
    picture.paste((200, 30, 30), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[0x010F] = GPS_MARK.decode()
    exif[0x0112] = 6 if turned else 1
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif, comment=GPS_MARK)
    return target.getvalue()


def a_png(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, (10, 20, 30, 40)[: len(mode)]).save(target, "PNG")
    return target.getvalue()


def a_png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that ask for gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def a_pdf(*, password: str = "", script: str = "") -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, encrypt=StandardEncryption(password) if password else None)
    canvas.drawString(72, 720, "Certificate of good standing")
    canvas.showPage()
    canvas.save()
    content = target.getvalue()
    return content.replace(b"/Type /Catalog", b"/Type /Catalog " + script.encode(), 1) if script else content


def an_archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def a_workbook(**more: bytes) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    return an_archive(parts | {name.replace("__", "/"): content for name, content in more.items()})


def a_bomb(unpacked_megabytes: int) -> bytes:
    """A workbook of some kilobytes that unpacks to many megabytes."""
    return a_workbook(xl__sheet=b"\0" * (unpacked_megabytes * 1024 * 1024))


def a_lying_bomb(unpacked_megabytes: int) -> bytes:
    """As `a_bomb`, but its directory claims that the sheet unpacks to one byte."""
    content = bytearray(a_bomb(unpacked_megabytes))
    size = struct.pack("<I", unpacked_megabytes * 1024 * 1024)
    place = content.find(size)
    while place >= 0:
        content[place : place + 4] = struct.pack("<I", 1)
        place = content.find(size, place)
    return bytes(content)


A_PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 200

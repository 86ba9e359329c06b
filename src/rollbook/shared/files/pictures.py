"""Pictures are never stored as sent: they are drawn anew, smaller, without what cameras and editors wrote into them."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from rollbook.shared.files.buckets import GIF, JPEG, MOST_PIXELS, PNG, WEBP, PictureBounds
from rollbook.shared.files.errors import FileIsDamaged, PictureTooLarge

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", GIF: "GIF"}
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn anew."""

    content: bytes
    content_type: str
    width: int
    height: int


def draw_anew(content: bytes, content_type: str, bounds: PictureBounds) -> Drawn:
    """Turn the picture upright, fit it into the bounds and encode only its pixels.

    Pictures with transparent parts stay PNG, everything else becomes JPEG; of a moving one the first picture is kept.
    """
    picture = _unpack(content, content_type, bounds)
    picture.thumbnail((bounds.width, bounds.height), Image.Resampling.LANCZOS)
    if "A" in picture.getbands() and picture.getchannel("A").getextrema()[0] != 255:
        return _encode(picture, PNG, bounds)
    flat = Image.new("RGB", picture.size, _WHITE)
    flat.paste(picture.convert("RGB"))
    return _encode(flat, JPEG, bounds)


def square(content: bytes, side: int) -> bytes:
    """The middle of a stored picture as a small JPEG, for cards, lists and public pages."""
    picture = _unpack(content, "", PictureBounds(width=side, height=side))
    fitted = ImageOps.fit(_on_white(picture), (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    return _encode(fitted, JPEG, PictureBounds(quality=80)).content


def _on_white(picture: Image.Image) -> Image.Image:
    flat = Image.new("RGB", picture.size, _WHITE)
    flat.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    return flat


def _unpack(content: bytes, content_type: str, bounds: PictureBounds) -> Image.Image:
    formats = [_FORMATS[content_type]] if content_type else list(_FORMATS.values())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=formats)
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureTooLarge(pixels=width * height // 1_000_000, limit=MOST_PIXELS // 1_000_000)
            if width < 1 or height < 1:
                raise FileIsDamaged
            # A large JPEG is unpacked at a fraction of its size when that is all we keep.
            picture.draft("RGB", (bounds.width * 2, bounds.height * 2))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(pixels="more than 178", limit=MOST_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        # Each decoder of the library has its own way of saying that the bytes make no picture.
        raise FileIsDamaged from error
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha else "RGB")


def _encode(picture: Image.Image, content_type: str, bounds: PictureBounds) -> Drawn:
    target = io.BytesIO()
    # A copy of the pixels alone: text chunks, profiles and positions stay behind.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    if content_type == JPEG:
        bare.save(target, "JPEG", quality=bounds.quality, optimize=True, progressive=True)
    else:
        bare.save(target, "PNG", optimize=True)
    return Drawn(target.getvalue(), content_type, *bare.size)

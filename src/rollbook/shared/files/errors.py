"""The ways in which this room says no."""

from typing import ClassVar

from rollbook.core.errors import Refusal


class FileRefused(Refusal):
    """This file cannot be taken."""

    code = "FILE_REFUSED"
    status: ClassVar[int] = 422


class FileEmpty(FileRefused):
    """This file is empty. Choose it again; if it is empty there too, make it anew."""

    code = "FILE_EMPTY"


class FileTooLarge(FileRefused):
    """This file is larger than {limit}. Make it smaller, for instance by a lower resolution, and send it again."""

    code = "FILE_TOO_LARGE"


class FileTypeNotTaken(FileRefused):
    """This file is {found}. Send {allowed} instead."""

    code = "FILE_TYPE_NOT_TAKEN"


class FileIsAProgram(FileRefused):
    """This file is {found}, whatever its name says, and is not taken. Send {allowed} instead."""

    code = "FILE_IS_A_PROGRAM"
    audited = True


class PdfIsLocked(FileRefused):
    """This PDF is protected by a password. Save a copy without the password and send that."""

    code = "PDF_LOCKED"


class PdfHasProgram(FileRefused):
    """This PDF contains a program. Print it to a new PDF and send that."""

    code = "PDF_HAS_PROGRAM"


class FileIsDamaged(FileRefused):
    """This file is damaged or was not sent completely. Open it to see that it is whole, then send it again."""

    code = "FILE_DAMAGED"


class PictureTooLarge(FileRefused):
    """This picture has {pixels} million pixels; {limit} million is the most. Make it smaller and send it again."""

    code = "PICTURE_TOO_LARGE"


class ArchiveTooLarge(FileRefused):
    """Unpacked, this file would be larger than {limit}. Split it into several and send those."""

    code = "ARCHIVE_TOO_LARGE"


class FileIsInfected(FileRefused):
    """The virus scanner found {found} in this file. It was not stored. Clean your device before you send another."""

    code = "FILE_INFECTED"
    audited = True


class FileRemoved(Refusal):
    """This file was withdrawn and can no longer be opened."""

    code = "FILE_REMOVED"
    status = 410

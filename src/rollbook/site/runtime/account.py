"""As whom the database server runs: PostgreSQL refuses root, so root lends it an account without rights."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.site.configuration import ConfigurationError

LENT_ACCOUNT = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the server's files belong to."""

    uid: int
    gid: int
    #: Whether it is another user than the one who runs this.
    is_lent: bool

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to the account."""
        if self.is_lent:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def may_enter(self, folder: Path) -> bool:
        """Whether the account can reach a folder through all that lead to it."""
        return all(self._passes(each) for each in (folder, *folder.parents))

    def _passes(self, folder: Path) -> bool:
        facts = folder.stat()
        if not self.is_lent or facts.st_uid == self.uid:
            return True
        return bool(facts.st_mode & (0o010 if facts.st_gid == self.gid else 0o001))

    def run(self, command: Sequence[str | Path], *, timeout: float) -> subprocess.CompletedProcess[str]:
        """Run a program of the server as the account, with nothing of our environment."""
        lent: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **lent,
        )


def server_account() -> Account:
    """Ourselves, or the lent account when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_lent=False)
    try:
        entry = pwd.getpwnam(LENT_ACCOUNT)
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL refuses to run as root and there is no account '{LENT_ACCOUNT}' to lend it. "
            "Run Rollbook as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, is_lent=True)

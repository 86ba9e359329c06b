"""`python -m rollbook` is the same as `rollbook`."""

import sys

from rollbook.site.commands import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m rollbook.shared.gateways.standins PORT`: the stand-ins as a process of their own, for a demonstration."""

import sys

from rollbook.shared.gateways.standins.server import serve

serve(int(sys.argv[1]))

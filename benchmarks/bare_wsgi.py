"""The bare view as an application of its own."""

from benchmarks.bare import make_application

application = make_application()

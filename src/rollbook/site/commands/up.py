"""Start, stop and run the parts of an installation."""

import sys
from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command, Needs
from rollbook.site.configuration import configuration


def _up_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--background", action="store_true", help="return as soon as it is ready; stop it with rollbook down"
    )
    parser.add_argument("--supervise", action="store_true", help="only keep the parts running; migrate nothing")


def up(arguments: Namespace) -> int:
    """Database, migrations, web server and worker, kept running."""
    from rollbook.site.runtime import starting
    from rollbook.site.runtime.supervisor import Supervisor, running_supervisor

    config = configuration()
    if arguments.supervise:
        from rollbook.shared.monitoring.logs import logging_settings

        logging_settings(level=config.log_level, as_json=config.log_format == "json")
        return Supervisor(config, log_to_files=not sys.stderr.isatty()).run()
    running = running_supervisor(config.home)
    if running is not None:
        print(f"Rollbook runs already at {config.address} (process {running.pid}).")
        return 0
    starting.prepare(config)
    if arguments.background:
        starting.start_and_wait(config)
        print(f"Rollbook is ready at {config.address}. Stop it with: rollbook down")
        return 0
    print(f"Rollbook starts at {config.address}. Stop it with Ctrl-C.", flush=True)
    return Supervisor(config, log_to_files=False).run()


def web(_arguments: Namespace) -> int:
    """The web server alone."""
    from rollbook.site.runtime.database import ensure_database
    from rollbook.site.runtime.web import serve

    ensure_database(configuration())
    serve(configuration())
    return 0


def worker(_arguments: Namespace) -> int:
    """The worker alone."""
    from rollbook.shared.jobs.keeper import WorkerOptions
    from rollbook.shared.jobs.worker import run_worker

    run_worker(WorkerOptions(concurrency=configuration().worker_concurrency))
    return 0


def down(_arguments: Namespace) -> int:
    """Stop what this installation started, and only that."""
    from rollbook.site.runtime.stopping import stop_everything

    stopped = stop_everything(configuration())
    print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


COMMANDS = [
    Command(
        "up",
        "Start database, web server and worker, and keep them running.",
        up,
        _up_arguments,
        Needs.NOTHING,
    ),
    Command("web", "Run the web server alone.", web, needs=Needs.NOTHING),
    Command("worker", "Run the worker alone.", worker, needs=Needs.TABLES),
    Command("down", "Stop everything that this installation started.", down, needs=Needs.NOTHING),
]

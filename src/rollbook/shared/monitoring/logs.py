"""Log lines: one JSON object each, with ids and never a person's data."""

import logging
import logging.config
from typing import Any

import structlog

#: What may never stand in a log line, whatever the caller passed.
_NEVER = frozenset(
    {"password", "token", "secret", "authorization", "cookie", "email", "phone", "name", "address", "ip"}
)


def drop_personal_fields(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take out fields that are named like a secret or a person's data."""
    return {key: value for key, value in event.items() if key.lower() not in _NEVER}


SHARED_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal_fields,
]


def logging_settings(*, level: str, as_json: bool) -> None:
    """Send every log line of the process, ours and the libraries', to standard error in one shape."""
    last: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    # Messages and tracebacks of errors are kept, the values of local variables never are.
    finish = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        last,
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED_STEPS,
                    "processors": finish if as_json else [finish[0], last],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # One line for each request is written by RequestRecord; these would repeat it with the address.
                "django.server": {"level": "ERROR"},
                "django.request": {"level": "ERROR"},
                "axes": {"level": "ERROR"},
                # Whoever forges the name of a host is answered 400; a trace for each would let them fill the disk.
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                "psycopg.pool": {"level": "ERROR"},
                # Runs of jobs are recorded in the run log.
                "procrastinate": {"level": "WARNING"},
                # It would write whole addresses, with whatever stands in them.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_STEPS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

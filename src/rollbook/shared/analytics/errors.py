"""Refusals of reports."""

from rollbook.core.errors import NotFound, Refusal


class ReportNotFound(NotFound):
    """We could not find that report, or it is not among yours."""

    code = "REPORT_NOT_FOUND"
    remedy = "The page of reports lists every report that your role may run."


class RunNotFound(NotFound):
    """We could not find that run of a report."""

    code = "REPORT_RUN_NOT_FOUND"
    remedy = "Runs are seen by whoever asked for them. Run the report again to get a file of your own."


class RunNotReady(Refusal):
    """This report is still being written: {done} of {total} rows so far."""

    code = "REPORT_NOT_READY"
    remedy = "Wait for the notice, or ask again in a moment."


class RunFailed(Refusal):
    """This report could not be written."""

    code = "REPORT_FAILED"
    remedy = "Run it again. If it fails again, tell whoever looks after the system."


class FileGone(Refusal):
    """The file of this run is no longer kept: files of reports are kept for {days} days."""

    code = "REPORT_FILE_GONE"
    status = 410
    remedy = "Run the report again."

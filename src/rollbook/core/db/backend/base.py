"""The connection class that settings name as ENGINE = "rollbook.core.db.backend"."""

import select
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import IntegrityError
from django.db.backends.postgresql import base, features, operations
from django.db.backends.utils import debug_transaction
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8
from psycopg_pool import ConnectionPool

if TYPE_CHECKING:
    from rollbook.core.db.closing import LastStatement

_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


def is_tenant_model(model: Any) -> bool:
    """Tell whether rows of a model belong to one organisation each."""
    return bool(getattr(model, "belongs_to_organisation", False))


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        # `id` is not the primary key of a tenant table for PostgreSQL, so grouping by it is not enough.
        if is_tenant_model(model):
            return False
        return super().allows_group_by_selected_pks_on_model(model)


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "rollbook.core.db.backend.compiler"

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        # What was sent names its parameters by number; tests and debug logs want to read them.
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class PreparedCursor(base.CursorMixin, psycopg.Cursor[Any]):
    """Sends parameters apart from the statement, so that the server can keep its plan.

    Where the connection has no `prepare_threshold`, nothing is prepared and all else is the same.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        if isinstance(params, Mapping):
            params = {name: _one_type(value) for name, value in params.items()}
        elif params is not None:
            params = [_one_type(value) for value in params]
        super().execute(query, params, prepare=True, **options)
        return self


def _one_type(value: Any) -> Any:
    # A whole number travels in the smallest type that holds it, and each type would have a plan of its own.
    return Int8(value) if type(value) is int else value


def _still_lives(connection: "psycopg.Connection[Any]") -> bool:
    """Whether a connection from the pool can be used: an idle line says nothing, one that was hung up can be read."""
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if not line.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True


def _refuse(error: IntegrityError, waiting: "list[LastStatement]") -> None:
    """Raise what one of some statements means by meeting a row that is there already, if it is that."""
    met = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for last in waiting:
        if last.refused and last.constraint == met:
            raise last.refused() from error


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._last: list[LastStatement] = []

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            found = super().get_new_connection(conn_params)
            if not self.pool or _still_lives(found):
                return found
            # The pool drops what is closed and opens another one.
            found.close()
            self.pool.putconn(found)

    def send_with_commit(self, last: "LastStatement") -> None:
        """Keep a statement for COMMIT; see core/db/closing."""
        self._last.append(last)
        if not self.in_atomic_block or self.savepoint_ids:
            self.send_last_now()

    def send_last_now(self) -> None:
        """Send what was kept for COMMIT, because something else wants to be sent after it."""
        waiting, self._last = self._last, []
        for last in waiting:
            try:
                with self.prepared_cursor() as cursor:
                    cursor.execute(last.text, last.parameters)
                    row = cursor.fetchone() if last.then else None
            except IntegrityError as error:
                _refuse(error, waiting)
                raise
            if last.then:
                last.then(row)

    def _commit(self) -> None:
        if not self._last:
            super()._commit()  # type: ignore[misc]  # not in the stubs
            return
        waiting, self._last = self._last, []
        cursors = [self.prepared_cursor() for _ in waiting]
        try:
            # An error of the one skips the others: nothing is committed then.
            with self.wrap_database_errors, self.connection.pipeline():
                for cursor, last in zip(cursors, waiting, strict=True):
                    cursor.execute(last.text, last.parameters)
                super()._commit()  # type: ignore[misc]  # not in the stubs
        except IntegrityError as error:
            self._rollback()
            _refuse(error, waiting)
            raise
        for cursor, last in zip(cursors, waiting, strict=True):
            if last.then:
                last.then(cursor.fetchone())
            cursor.close()

    def _rollback(self) -> None:
        self._last = []
        if not self._undo("ROLLBACK"):
            super()._rollback()  # type: ignore[misc]  # not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        if not self._undo(self.ops.savepoint_rollback_sql(sid)):
            super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs

    def _undo(self, statement: str) -> bool:
        """Roll back without psycopg noticing; False where there is nothing to undo or it did not work.

        psycopg forgets every prepared statement with a rollback, in case tables were made in the transaction. The
        application's role makes none, and each refusal would cost the next request the plans of all its statements.
        """
        if self.connection is None or self.connection.info.transaction_status not in _OPEN:
            return False
        with debug_transaction(self, statement):
            return bool(self.connection.pgconn.exec_(statement.encode()).status == ExecStatus.COMMAND_OK)

    def close(self) -> None:
        self._last = []
        super().close()

    def create_cursor(self, name: Any = None) -> Any:
        if self._last:
            self.send_last_now()
        return super().create_cursor(name)

    def prepared_cursor(self) -> Any:
        """A cursor for statements that the server prepares once for each connection."""
        if self._last:
            self.send_last_now()
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined] # not in the stubs

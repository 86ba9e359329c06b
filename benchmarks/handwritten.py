"""The measure: the same allocation as plain SQL by hand, in tables of its own beside ours.

What it does for a payment, as the ordinary role over the socket of the same server, each client one process with one
connection and every statement prepared: BEGIN, lock the account, insert the payment, one statement that lets the money
fall through the open instalments (allocations, instalments), one audit row, COMMIT — six round trips.

What it does not do: HTTP, sign-in, permissions, tenants and row policies, idempotency keys, receipts with gapless
numbers, double entry, the cashier's shift, credit, permits, frozen columns, append-only guards. Its tables have primary
keys, references, checks and the indexes that one would give them.
"""

import itertools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID, uuid4

import psycopg

from benchmarks.load import WARM_UP_SECONDS

TABLES = """
CREATE SCHEMA hand;
GRANT USAGE ON SCHEMA hand TO {role};
CREATE TABLE hand.account (id uuid PRIMARY KEY, credit_minor bigint NOT NULL DEFAULT 0);
CREATE TABLE hand.instalment (
    id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES hand.account, number int NOT NULL,
    due_minor bigint NOT NULL, paid_minor bigint NOT NULL DEFAULT 0, CHECK (paid_minor BETWEEN 0 AND due_minor),
    UNIQUE (account_id, number));
CREATE TABLE hand.payment (
    id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES hand.account,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL, method text NOT NULL, received_at timestamptz NOT NULL, recorded_by uuid NOT NULL);
CREATE INDEX ON hand.payment (account_id, received_at);
CREATE TABLE hand.allocation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), payment_id uuid NOT NULL REFERENCES hand.payment,
    instalment_id uuid NOT NULL REFERENCES hand.instalment, amount_minor bigint NOT NULL CHECK (amount_minor > 0));
CREATE INDEX ON hand.allocation (payment_id);
CREATE INDEX ON hand.allocation (instalment_id);
CREATE TABLE hand.audit (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), at timestamptz NOT NULL, user_id uuid NOT NULL, action text NOT NULL,
    target_id uuid NOT NULL, facts jsonb NOT NULL);
CREATE INDEX ON hand.audit (target_id, at);
INSERT INTO hand.account (id) SELECT gen_random_uuid() FROM generate_series(1, {accounts});
INSERT INTO hand.instalment (id, account_id, number, due_minor)
SELECT gen_random_uuid(), a.id, n, 150000000 FROM hand.account a CROSS JOIN generate_series(1, 6) n;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA hand TO {role};
ANALYZE hand.account, hand.instalment;
"""

LOCK = "SELECT credit_minor FROM hand.account WHERE id = %s FOR UPDATE"
PAY = """
INSERT INTO hand.payment (id, account_id, amount_minor, currency, method, received_at, recorded_by)
VALUES (%s, %s, %s, 'PHP', 'CASH', %s, %s)
"""
FALL = """
WITH room AS (
    SELECT id, number, due_minor - paid_minor AS room,
           sum(due_minor - paid_minor) OVER (ORDER BY number) - (due_minor - paid_minor) AS before
      FROM hand.instalment WHERE account_id = %(account)s
), landed AS (
    SELECT id, greatest(least(room, %(amount)s - before), 0)::bigint AS minor FROM room
), allocated AS (
    INSERT INTO hand.allocation (payment_id, instalment_id, amount_minor)
    SELECT %(payment)s, id, minor FROM landed WHERE minor > 0
)
UPDATE hand.instalment i SET paid_minor = i.paid_minor + l.minor FROM landed l WHERE i.id = l.id AND l.minor > 0
"""
AUDIT = "INSERT INTO hand.audit (at, user_id, action, target_id, facts) VALUES (%s, %s, 'payment_recorded', %s, %s)"

#: What a payment by hand sends: BEGIN, these, COMMIT.
STATEMENTS = 2 + len((LOCK, PAY, FALL, AUDIT))


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the hand-written clients did together."""

    rate: float
    payments: int


def make_tables(owner: dict[str, Any], role: str, accounts: int) -> None:
    """Make and fill the tables."""
    with psycopg.connect(**owner, autocommit=True) as connection:
        connection.execute(TABLES.format(role=role, accounts=accounts))


def pay_by_hand(place: dict[str, Any], clients: int, seconds: float) -> ByHand:
    """Let so many clients pay, each a process of its own, and count together."""
    running = [_start(place, clients, number) for number in range(clients)]
    for process in running:
        if _pipes(process)[1].readline() != "ready\n":
            raise RuntimeError("A hand-written client did not start.")
    begin = time.time() + WARM_UP_SECONDS
    for process in running:
        print(json.dumps([begin, begin + seconds]), file=_pipes(process)[0], flush=True)
    payments = sum(int(process.communicate()[0]) for process in running)
    if any(process.returncode for process in running):
        raise RuntimeError("A hand-written client ended with an error.")
    return ByHand(payments / seconds, payments)


def _start(place: dict[str, Any], clients: int, number: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.handwritten"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    print(json.dumps({"place": place, "clients": clients, "number": number}), file=_pipes(process)[0], flush=True)
    return process


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("A hand-written client has no pipes.")
    return process.stdin, process.stdout


def pay(place: dict[str, Any], clients: int, number: int) -> int:
    """One client: pay until the time is over, and answer how many payments were committed within it."""
    paid = 0
    with psycopg.connect(**place, prepare_threshold=0) as connection:
        accounts = [row[0] for row in connection.execute("SELECT id FROM hand.account ORDER BY id").fetchall()]
        connection.commit()
        print("ready", flush=True)
        begin, end = json.loads(sys.stdin.readline())
        for account in itertools.cycle(accounts[number::clients]):
            _one(connection, account, 500)
            now = time.time()
            if now >= end:
                break
            paid += now >= begin
    return paid


def _one(connection: "psycopg.Connection[Any]", account: UUID, amount: int) -> None:
    payment, now = uuid4(), datetime.now(UTC)
    connection.execute(LOCK, [account])
    connection.execute(PAY, [payment, account, amount, now, account])
    connection.execute(FALL, {"account": account, "amount": amount, "payment": payment})
    connection.execute(AUDIT, [now, account, payment, json.dumps({"amount_minor": amount, "method": "CASH"})])
    connection.commit()


if __name__ == "__main__":
    print(pay(**json.loads(sys.stdin.readline())))

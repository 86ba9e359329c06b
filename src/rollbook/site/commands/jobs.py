"""`rollbook jobs …`: look at the queue, and decide about dead letters."""

from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command


def _list(arguments: Namespace) -> int:
    from rollbook.shared.jobs import selectors

    state = selectors.queue_state()
    workers = selectors.live_workers()
    print(
        f"{state.waiting} waiting, {state.doing} being done, {state.dead_letters} dead letters; "
        f"{len(workers)} workers alive."
    )
    letters = [letter for letter in selectors.failed_jobs() if arguments.job in ("", letter.name)]
    errors = selectors.last_errors([letter.id for letter in letters])
    for letter in letters:
        last = errors.get(letter.id)
        whom = f" for organisation {letter.organisation_id}" if letter.organisation_id else ""
        when = f", {last.ended_at:%Y-%m-%d %H:%M} UTC: {last.error}" if last else ""
        print(f"{letter.id}  {letter.name}{whom}, {letter.attempts} attempts{when}")
    if letters:
        print("Try one again with: rollbook jobs retry <number>; take it out with: rollbook jobs discard <number>.")
    return 0


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--job", default="", help="only dead letters of this job")


def _retry(arguments: Namespace) -> int:
    from rollbook.shared.jobs import selectors, services

    numbers = arguments.number or [letter.id for letter in selectors.failed_jobs()]
    for number in numbers:
        services.retry_dead_letter(actor=None, number=number)
        print(f"Job {number} waits again; a worker takes it within seconds.")
    if not numbers:
        print("There are no dead letters.")
    return 0


def _retry_arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("number", type=int, nargs="*", default=[], help="numbers of dead letters")
    which.add_argument("--all", action="store_true", help="every dead letter")


def _discard(arguments: Namespace) -> int:
    from rollbook.shared.jobs import services

    services.discard_dead_letter(actor=None, number=arguments.number, reason=arguments.reason)
    print(f"Job {arguments.number} is discarded; the run log keeps it with your reason.")
    return 0


def _discard_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", type=int, help="number of the dead letter")
    parser.add_argument("--reason", required=True, help="why it need not be done any more")


COMMANDS = [
    Command("jobs list", "Show the queue and its dead letters.", _list, _list_arguments),
    Command("jobs retry", "Set dead letters waiting again.", _retry, _retry_arguments),
    Command("jobs discard", "Take a dead letter out of the queue, with a reason.", _discard, _discard_arguments),
]

"""The site kept as its sources are: a build whenever something changed, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from castsite.serve.outcome import Outcome, failed
from castsite.serve.rebuild import Stopped
from castsite.serve.sources import Sources
from castsite.serve.watch import Watch


def keep_built(
    watch: Watch, build: Callable[[], Outcome], sources: Sources, announce: Callable[[Outcome], None]
) -> None:
    """Build, and again after each change, until the watch is stopped. Whatever a build raises is an outcome.

    New errors are told only when nothing follows at once: a file that is replaced may have been seen missing.
    """
    told, held = Outcome(), None
    while watch.wait():
        watch.look(sources)
        try:
            outcome = build()
        except Stopped:
            return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the one fence: whoever keeps a site built lives on
            outcome = failed(error)
        if watch.stopping:
            return
        if outcome.sources is not None and outcome.sources != sources:
            sources = outcome.sources  # a folder that nobody watched while it was read
            watch.wake()
        if held is not None:
            outcome, held = outcome.with_changes_of(held), None
        elif set(outcome.errors) - set(told.errors) and watch.changes_soon():
            held = outcome
            continue
        announce(outcome)
        told = outcome

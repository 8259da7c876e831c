"""What a Lambda worker does while its modules load: at full speed, and before anybody waits.

A worker's first request runs at its memory's share of a processor, at 256 MB about a seventh. What a function needs is
therefore imported and opened here. One module holds the handlers of several functions: each opens only its own.
"""

import logging
from collections.abc import Callable
from functools import partial
from importlib import import_module

from chalicelib.errors import DomainError
from chalicelib.settings import started_for

API = "app.app"
"""Chalice's one handler for every route."""

log = logging.getLogger(__name__)


def opens[H: Callable[..., object]](*needed: str | Callable[[], object]) -> Callable[[H], H]:
    """Declares what a handler needs: the modules of its use cases, and what it opens. Both are loaded at once in a
    worker that was started for this handler, and when they are asked for everywhere else."""

    def declare(handler: H) -> H:
        openers = (partial(import_module, one) if isinstance(one, str) else one for one in needed)
        open_in(f"{handler.__module__}.{handler.__name__}", *openers)
        return handler

    return declare


def open_in(handler: str, *openers: Callable[[], object]) -> None:
    """Calls the openers if this process is a worker of that handler (`module.name`).

    A failure is logged and not the last word: the first request tries again, and has an answer to give for it.
    """
    if not started_for(handler):
        return
    for opener in openers:
        try:
            opener()
        except DomainError as error:  # such as no films, while nobody has loaded any
            log.warning("not opened while the worker started: %s", error)
        except Exception:
            log.exception("not opened while the worker started: %r", opener)

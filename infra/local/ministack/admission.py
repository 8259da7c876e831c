"""Who runs when all the account's concurrent executions are in use.

MiniStack refuses at once, and an authorizer that is refused becomes a 500. On a laptop ten executions are soon in use:
here a request first waits for one of a few seats (more would only share the same cores), then for an execution, and
who waits too long gets the gateway's own 429 with `Retry-After`, as from a gateway that throttles.
"""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

SEATS = min(8, max(4, 2 * (os.cpu_count() or 1)))
"""API requests at work at once. Two a core keep it busy; the rest of the account is left to streams and queues."""

SEAT_SECONDS = 15.0
EXECUTION_SECONDS = 12.0
"""Together below the 29 s after which API Gateway gives up."""

_refused: ContextVar[list[str]] = ContextVar("refused")


class Executions:
    """Waits where MiniStack refuses: `acquire` and `release` go around its own two functions."""

    def __init__(
        self,
        acquire: Callable[[Any, Any], tuple[Any, str | None]],
        release: Callable[[Any], None],
        patience_seconds: float = EXECUTION_SECONDS,
    ) -> None:
        self._acquire, self._release, self._patience_seconds = acquire, release, patience_seconds
        self._changed = threading.Condition()

    def acquire(self, function: Any, config: Any) -> tuple[Any, str | None]:
        """A slot, waited for while the account has none; a function's own limit still refuses at once."""
        deadline = time.monotonic() + self._patience_seconds
        with self._changed:
            while True:
                slot, limit = self._acquire(function, config)
                left = deadline - time.monotonic()
                if slot is not None or limit != "account" or left <= 0:
                    break
                self._changed.wait(left)
        if slot is None:
            _refused.get([]).append(str(limit))
        return slot, limit

    def release(self, slot: Any) -> None:
        """Gives a slot back to whoever waits."""
        self._release(slot)
        with self._changed:
            self._changed.notify()


def seated[Answer](
    execute: Callable[..., Awaitable[Answer]],
    throttled: Callable[..., Answer],
    seats: int = SEATS,
    patience_seconds: float = SEAT_SECONDS,
) -> Callable[..., Awaitable[Answer]]:
    """The gateway's execution of a request, first come, first served; `throttled` makes the refusal
    from the same arguments."""
    free = asyncio.Semaphore(seats)

    async def wait_and_execute(*arguments: Any) -> Answer:
        try:
            async with asyncio.timeout(patience_seconds):
                await free.acquire()
        except TimeoutError:
            return throttled(*arguments)
        refusals: list[str] = []
        _refused.set(refusals)
        try:
            answer = await execute(*arguments)
        finally:
            free.release()
        return throttled(*arguments) if refusals else answer

    return wait_and_execute


def install() -> None:
    """Puts both queues into MiniStack."""
    from ministack.services import apigateway_v1, lambda_svc

    executions = Executions(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot)
    lambda_svc._acquire_execution_slot = executions.acquire
    lambda_svc._release_execution_slot = executions.release

    def throttled(request: dict[str, Any], api_id: str, stage: str, *_: object) -> object:
        request["stage"] = apigateway_v1._stages_v1.get(api_id, {}).get(stage) or {}  # its gateway responses are used
        return apigateway_v1._gw_error("THROTTLED", "Too Many Requests")

    apigateway_v1._execute_in_scope = seated(apigateway_v1._execute_in_scope, throttled)

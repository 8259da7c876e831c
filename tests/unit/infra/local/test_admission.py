import asyncio
import threading
from typing import Any

from infra.local.ministack.admission import Executions, seated


class Account:
    """MiniStack's own two functions: so many executions at once, refused at once beyond."""

    def __init__(self, executions: int) -> None:
        self.free = executions
        self._lock = threading.Lock()

    def acquire(self, function: str, _config: object) -> tuple[Any, str | None]:
        with self._lock:
            if function == "reserved":
                return None, "function"
            if not self.free:
                return None, "account"
            self.free -= 1
            return function, None

    def release(self, _slot: object) -> None:
        with self._lock:
            self.free += 1


EMPTY = Account(0)


def test_execution_is_waited_for_when_the_account_has_none_left() -> None:
    account = Account(1)
    executions = Executions(account.acquire, account.release, 30)
    slot, _ = executions.acquire("first", None)
    got: list[Any] = []
    waiting = threading.Thread(target=lambda: got.append(executions.acquire("second", None)))
    waiting.start()
    executions.release(slot)
    waiting.join(30)
    assert got == [("second", None)]


def test_execution_is_refused_when_none_comes_free_or_the_function_has_its_own_limit() -> None:
    executions = Executions(EMPTY.acquire, EMPTY.release, 0.01)
    assert executions.acquire("any", None) == (None, "account")
    assert executions.acquire("reserved", None) == (None, "function")


def test_requests_are_served_in_turn_when_there_are_more_than_seats() -> None:
    at_work: list[int] = []
    most: list[int] = []

    async def execute(number: int) -> int:
        at_work.append(number)
        most.append(len(at_work))
        await asyncio.sleep(0)
        at_work.remove(number)
        return number

    async def crowd() -> list[int]:
        seat = seated(execute, lambda *_: -1, 2, 30)
        return await asyncio.gather(*(seat(number) for number in range(20)))

    assert asyncio.run(crowd()) == list(range(20))
    assert max(most) == 2


def test_request_is_throttled_when_no_seat_or_no_execution_comes_free() -> None:
    async def crowd() -> list[str]:
        begun, done = asyncio.Event(), asyncio.Event()

        async def execute(number: int) -> str:
            begun.set()
            await done.wait()
            return "answer"

        seat = seated(execute, lambda *_: "throttled", 1, 0.01)
        first = asyncio.ensure_future(seat(1))
        await begun.wait()
        told = [await seat(2)]
        done.set()
        return [*told, await first]

    async def starved() -> str:
        executions = Executions(EMPTY.acquire, EMPTY.release, 0.01)

        async def execute(number: int) -> str:
            await asyncio.to_thread(executions.acquire, "any", None)
            return "an authorizer that was refused looks like a broken one"

        return await seated(execute, lambda *_: "throttled", 1, 30)(1)

    assert asyncio.run(crowd()) == ["throttled", "answer"]
    assert asyncio.run(starved()) == "throttled"

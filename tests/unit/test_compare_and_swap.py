"""Starting over after a lost race, and telling a refused write from a broken one."""

from collections.abc import Callable

import pytest

from chalicelib.compare_and_swap import Attempts, is_written, swapped


class LostError(Exception):
    """Somebody else was faster."""


class DynamoError(Exception):
    """An error as pynamodb raises it, with DynamoDB's code."""

    def __init__(self, code: str | None) -> None:
        super().__init__(code)
        self.cause_response_code = code


class Race:
    """An action that loses that many times and then gives the number of its attempt."""

    def __init__(self, losses: int) -> None:
        self.losses, self.attempts = losses, 0

    def __call__(self) -> int:
        self.attempts += 1
        if self.attempts <= self.losses:
            raise LostError(f"lost {self.attempts}")
        return self.attempts


def begun_anew(limit: int, action: Callable[[], int]) -> int:
    """As the steps do it."""
    attempts = Attempts(limit, LostError)
    while True:
        with attempts:
            return action()


def raising(error: Exception) -> object:
    raise error


@pytest.mark.parametrize("losses", [0, 1, 2])
def test_the_first_attempt_that_wins_is_the_answer_when_earlier_ones_lost(losses: int) -> None:
    race = Race(losses)
    assert begun_anew(3, race) == losses + 1
    assert race.attempts == losses + 1


def test_the_last_loss_is_raised_when_every_attempt_loses() -> None:
    race = Race(losses=9)
    with pytest.raises(LostError, match="lost 3"):
        begun_anew(3, race)
    assert race.attempts == 3


def test_nothing_is_tried_again_when_the_error_is_another_one() -> None:
    attempts: list[int] = []

    def broken() -> int:
        attempts.append(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the type is what matters
        begun_anew(3, broken)
    assert len(attempts) == 1


def test_a_write_is_refused_when_its_condition_does_not_hold() -> None:
    assert is_written(lambda: None)
    assert not is_written(lambda: raising(DynamoError("ConditionalCheckFailedException")))


@pytest.mark.parametrize("error", [DynamoError("ThrottlingException"), DynamoError(None), OSError("no network")])
def test_the_error_is_raised_when_the_write_failed_for_another_reason(error: Exception) -> None:
    with pytest.raises(type(error)):
        is_written(lambda: raising(error))


class Cell:
    """A number that others write first, `rivals` times."""

    def __init__(self, rivals: int = 0) -> None:
        self.held, self.rivals, self.writes = 1, rivals, 0

    def put(self, new: int, replaces: int) -> bool:
        if self.rivals:
            self.rivals -= 1
            self.held += 10
        if self.held != replaces:
            return False
        self.held, self.writes = new, self.writes + 1
        return True


@pytest.mark.parametrize("rivals", [0, 1, 2])
def test_a_change_is_of_what_stands_there_when_it_is_written(rivals: int) -> None:
    cell = Cell(rivals)
    assert swapped(lambda: cell.held, cell.put, lambda held: 2 * held, 3, LostError()) == cell.held
    assert cell.held == 2 * (1 + 10 * rivals)


def test_a_change_is_lost_when_others_are_first_each_time() -> None:
    cell = Cell(rivals=3)
    with pytest.raises(LostError):
        swapped(lambda: cell.held, cell.put, lambda held: 2 * held, 3, LostError())
    assert cell.writes == 0


def test_nothing_is_written_when_nothing_changes() -> None:
    cell = Cell()
    assert swapped(lambda: cell.held, cell.put, lambda held: held, 3, LostError()) == 1
    assert cell.writes == 0

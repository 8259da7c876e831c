"""The daily learning, hour by hour: what is begun is learned from once, whoever comes late, twice or dies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest

from chalicelib.recommendations.item_similarity.adapters.athena import QueryFailedError
from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
from chalicelib.recommendations.item_similarity.daily import (
    DailyDependencies,
    Making,
    NoExportError,
    Outcome,
    Run,
    take_step,
)
from chalicelib.recommendations.item_similarity.train import Learned, NothingLearnedError
from chalicelib.recommendations.site_model import SiteModel
from tests.factories import NOW
from tests.tables import table

LEARNED = Learned("v1", 10, 100, SiteModel())


class Site:
    """A stage whose exports take as long as it is told, woken hour by hour. Its engine makes two tables, the second
    of which is looked at `looks` times before it is done."""

    table: str | None = "likes"

    def __init__(self, store: DynamoItemSimilarity) -> None:
        self.runs = store
        self.now = NOW
        self.state: Literal["running", "done", "failed"] = "running"
        self.begun: list[str] = []
        self.learned: list[str] = []
        self.fails: Exception | None = None
        self.meanwhile: list[Outcome] = []
        self.has_likes = True
        self.looks = 0
        self.started: list[str] = []

    def begin(self) -> str:
        self.begun.append(f"arn:{len(self.begun)}")
        return self.begun[-1]

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:
        assert begun == self.begun[-1]
        return self.state

    def gather(self, begun: str, so_far: Making, now: datetime, until: float) -> Making:  # noqa: ARG002
        assert now == self.now
        if self.fails and not isinstance(self.fails, NothingLearnedError):
            raise self.fails
        if not so_far.query:
            self.started.append(f"table {so_far.made} of {begun}")
            return Making(made=so_far.made, query=self.started[-1])
        if so_far.made and self.looks:
            self.looks -= 1
            return so_far
        return Making(made=so_far.made + 1, is_ready=so_far.made == 1)

    def learn(self, name: str | None, now: datetime) -> Learned | None:
        assert now == self.now
        assert name == "likes"
        if self.fails:
            raise self.fails
        self.meanwhile.append(take_step(self.parts, now + timedelta(minutes=14), at_once=True))
        self.learned.append(self.begun[-1])
        return LEARNED if self.has_likes else None

    @property
    def parts(self) -> DailyDependencies:
        return DailyDependencies(self.runs, self, self.learn)

    def hours(self, count: int) -> list[Outcome]:
        """What the schedule's next steps come to."""
        outcomes: list[Outcome] = []
        for _ in range(count):
            self.now += timedelta(hours=1)
            outcomes.append(take_step(self.parts, self.now))
        return outcomes


@pytest.fixture
def site() -> Iterator[Site]:
    with table("NeighboursTable") as name:
        yield Site(DynamoItemSimilarity(name))


def test_an_export_is_started_by_one_step_and_learned_from_by_another(site: Site) -> None:
    assert site.hours(2) == ["exporting", "exporting"]
    assert site.learned == []
    site.state = "done"
    assert site.hours(2) == ["learned", "resting"]
    assert (site.begun, site.learned) == (["arn:0"], ["arn:0"])


def test_steps_wait_for_the_same_statement_when_it_takes_longer_than_a_function_lives(site: Site) -> None:
    site.state, site.looks = "done", 2
    assert site.hours(4) == ["gathering", "gathering", "learned", "resting"]
    assert site.started == ["table 0 of arn:0", "table 1 of arn:0"], "each was started once"


def test_all_tables_are_made_anew_when_a_statement_has_failed(site: Site) -> None:
    site.state, site.looks = "done", 1
    assert site.hours(1) == ["gathering"]
    site.fails = QueryFailedError("Athena gave up")
    with pytest.raises(QueryFailedError):
        site.hours(1)
    site.fails = None
    assert site.hours(1) == ["learned"]
    assert site.started == ["table 0 of arn:0", "table 1 of arn:0"] * 2


def test_the_next_run_makes_its_tables_anew(site: Site) -> None:
    site.state = "done"
    assert site.hours(25).count("learned") == 2
    assert site.started == [f"table {number} of arn:{run}" for run in (0, 1) for number in (0, 1)]


def test_one_run_is_made_a_day(site: Site) -> None:
    site.state = "done"
    outcomes = site.hours(24 * 7)
    assert outcomes.count("learned") == len(site.begun) == 7 * 24 // 23 + 1
    assert set(outcomes) == {"learned", "resting"}


def test_a_second_step_leaves_a_running_one_alone(site: Site) -> None:
    site.state = "done"
    site.hours(1)
    assert site.meanwhile == ["busy"], "at its fourteenth minute"


def test_one_of_two_steps_goes_on_when_both_have_read_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.state = "done"
    monkeypatch.setattr(site.runs, "run", Run)  # as both read it
    assert take_step(site.parts, site.now) == "learned"
    assert take_step(site.parts, site.now) == "busy"
    assert len(site.begun) == 1


def test_a_step_that_was_killed_is_gone_on_with_by_the_next(site: Site) -> None:
    site.state = "done"
    known = site.runs.run()
    held = Run(began_at=site.now, begun="arn:0", held_until=site.now + timedelta(minutes=16))
    assert site.runs.put_run(held, known)
    site.begun = ["arn:0"]
    assert take_step(site.parts, site.now + timedelta(minutes=15)) == "busy"
    assert site.hours(1) == ["learned"]
    assert site.begun == ["arn:0"], "the same export"


def test_the_same_export_is_learned_from_at_the_next_step_when_a_query_fails(site: Site) -> None:
    site.state, site.fails = "done", QueryFailedError("Athena is away")
    with pytest.raises(QueryFailedError):
        site.hours(1)
    site.fails = None
    assert site.hours(1) == ["learned"]
    assert site.begun == ["arn:0"]


def test_an_export_is_given_up_when_its_files_are_gone(site: Site) -> None:
    site.hours(1)
    site.now += timedelta(hours=40)
    assert site.hours(1) == ["exporting"]
    assert site.begun == ["arn:0", "arn:1"]


@pytest.mark.parametrize("failure", [NoExportError("failed"), NothingLearnedError("half of the films are gone")])
def test_tomorrow_tries_again_when_an_export_or_its_model_is_no_good(site: Site, failure: Exception) -> None:
    site.state = "failed" if isinstance(failure, NoExportError) else "done"
    site.fails = failure
    with pytest.raises(type(failure)):
        site.hours(1)
    site.state, site.fails = "done", None
    assert site.hours(23) == ["resting"] * 22 + ["learned"]
    assert len(site.begun) == 2


def test_the_day_is_not_lost_when_an_export_could_not_be_started(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        away.setattr(site, "begin", _refuse)
        with pytest.raises(ConnectionError):
            site.hours(1)
    assert site.hours(1) == ["exporting"]


def test_a_run_by_hand_does_not_wait_for_the_day_to_be_over(site: Site) -> None:
    site.state = "done"
    assert site.hours(2) == ["learned", "resting"]
    assert take_step(site.parts, site.now, at_once=True) == "learned"
    assert len(site.begun) == 2


def test_nothing_to_learn_from_is_no_failure(site: Site) -> None:
    site.state, site.has_likes = "done", False
    assert site.hours(2) == ["nothing to learn from", "resting"]


def test_the_model_stays_and_it_is_said_when_the_stage_has_no_engine(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assert take_step(site.parts._replace(learn=None), site.now) == "off"
    assert "no engine" in caplog.text
    assert site.runs.run() == Run()


def test_what_is_known_of_a_run_comes_back_as_it_was(site: Site) -> None:
    stored = Run(began_at=NOW, begun="arn:7", held_until=NOW, making=Making(made=2, query="q"))
    assert site.runs.put_run(stored, Run())
    assert site.runs.run() == msgspec.structs.replace(stored, version=1)
    assert not site.runs.put_run(stored, Run()), "somebody has written meanwhile"


def _refuse(*_: Any) -> str:
    raise ConnectionError

"""The look once a day: arms are counted by the SQL text that goes to Athena, here on DuckDB, and harm is stopped."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.experiments.declared import fingerprint
from chalicelib.outcomes.experiments.guardrail import DAYS_MOST, look_at_experiments, trial_sql
from chalicelib.outcomes.experiments.model import Arm, ArmSums, Experiment, State, Stop
from chalicelib.outcomes.model import Told, ToldBatch
from chalicelib.outcomes.write_down import write_down
from tests.factories import NOW
from tests.fake_outcomes import DuckCounting, FakeFiles, FakeStates

RISKY = Experiment(name="risky", about="?", on=True, arms=(Arm(name="bold", share=0.2),))
CALM = Experiment(name="calm", about="?", on=True, arms=(Arm(name="same", share=0.2),))


def at(days: float = 0) -> int:
    return round((NOW + timedelta(days=days)).timestamp() * 1_000_000)


class World:
    def __init__(self) -> None:
        self.files, self.states = FakeFiles(), FakeStates()
        self.counting = DuckCounting(self.files)
        self.messages = 0

    def told(self, viewer: str, *events: Told) -> None:
        self.messages += 1
        write_down({str(self.messages): ToldBatch(viewer, events)}, self.files)

    def look(self, *experiments: Experiment, now: datetime = NOW, **options: bool) -> dict[str, tuple[str, ...]]:
        return look_at_experiments(experiments or (RISKY,), self.states, self.counting, now, **options)

    def sums(self, name: str = "risky") -> dict[str, ArmSums]:
        return self.states.held[name].sums


class Given:
    """`Counting` with an answer that is there: viewers of whom each was shown twenty films, by their arm's share of
    likes."""

    def __init__(self, **rates: float) -> None:
        self.rates = rates

    def rows(self, sql: str) -> Iterator[dict[str, str]]:  # noqa: ARG002
        for arm, rate in self.rates.items():
            liked = round(20 * rate * 100)
            sums = (100, 2_000, liked, 40_000, liked * 2, 20 * liked)
            yield {"arm": arm} | {
                name: str(number) for name, number in zip(ArmSums.__struct_fields__, sums, strict=True)
            }


def shown(arms: str, film: str = "x", days: float = 0, version: str = "v") -> Told:
    return Told("shown", film, at(days), "personal", 1, "home", arms if ":" in arms else f"risky:{arms}", version)


def test_a_film_counts_once_a_viewer_and_day_in_whatever_lists_it_stood() -> None:
    world = World()
    world.told("a", shown("bold"), shown("bold", version="w"), shown("bold", "y"), Told("liked", "x", at(0.1)))
    world.told(
        "b", shown("bold"), Told("liked", "x", at(-0.1)), Told("liked", "x", at(1.1)), Told("opened", "x", at(0.1))
    )
    world.told("c", shown("default"), shown("other:bold", "y"), shown("calm:same+risky:default", "z"))
    world.look()
    assert world.sums() == {"bold": ArmSums(2, 3, 1, 5, 1, 2), "default": ArmSums(1, 2, 0, 4, 0, 0)}


@pytest.mark.parametrize("seed", range(5))
def test_the_text_counts_as_one_would_by_hand(seed: int) -> None:
    draw, world = random.Random(seed), World()
    likes: dict[tuple[str, str], list[int]] = defaultdict(list)
    showings: dict[tuple[str, str, str, int], int] = {}
    for moment in sorted(draw.uniform(-3, 0.4) for _ in range(400)):
        viewer, film, arm = draw.choice("abcdef"), draw.choice("uvwxyz"), draw.choice(("bold", "default"))
        if draw.random() < 0.6:
            world.told(viewer, shown(arm, film, moment))
            day = at(moment) // 86_400_000_000
            showings.setdefault((viewer, film, arm, day), at(moment))
        else:
            world.told(viewer, Told("liked", film, at(moment)))
            likes[viewer, film].append(at(moment))
    world.states.held["risky"] = State(since=(NOW - timedelta(days=2)).date(), declared=fingerprint(RISKY))
    first = round(datetime(NOW.year, NOW.month, NOW.day, tzinfo=NOW.tzinfo).timestamp()) // 86_400 - 2
    by_viewer: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (viewer, film, arm, day), moment_at in showings.items():
        if day >= first:
            is_liked = any(0 <= liked - moment_at < 86_400_000_000 for liked in likes[viewer, film])
            by_viewer[viewer, arm][0] += 1
            by_viewer[viewer, arm][1] += is_liked
    world.look()
    for name in ("bold", "default"):
        pairs = [(x, y) for (_, arm), (x, y) in by_viewer.items() if arm == name]
        assert world.sums()[name] == ArmSums(
            len(pairs), sum(x for x, _ in pairs), sum(y for _, y in pairs),
            sum(x * x for x, _ in pairs), sum(y * y for _, y in pairs), sum(x * y for x, y in pairs),
        )  # fmt: skip


def test_a_harmful_arm_is_stopped_and_a_harmless_one_and_one_that_is_kept_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    states, harm = FakeStates(), Given(bold=0.02, default=0.08)
    assert look_at_experiments([RISKY], states, harm, NOW) == {"risky": ("bold",)}
    stop = states.held["risky"].stopped["bold"]
    assert (stop.by, stop.at) == ("guardrail", NOW)
    assert "arm bold is stopped" in caplog.text
    assert look_at_experiments([RISKY], states, harm, NOW + timedelta(days=1)) == {"risky": ()}, "it is stopped already"
    assert states.held["risky"].stopped["bold"] == stop

    assert look_at_experiments([CALM], states, Given(same=0.079, default=0.08), NOW) == {"calm": ()}
    assert look_at_experiments([CALM], states, Given(same=0.15, default=0.08), NOW, at_once=True) == {"calm": ()}
    assert states.held["calm"].stopped == {}, "neither is one that does good"
    kept = Experiment(name="kept", about="?", on=True, guarded=False, arms=RISKY.arms)
    assert look_at_experiments([kept], states, harm, NOW) == {"kept": ()}
    assert states.held["kept"].sums["bold"].viewers == 100


def test_a_day_is_looked_at_once_unless_it_is_asked_for() -> None:
    world = World()
    world.told("a", shown("bold"))
    assert world.look() == {"risky": ()}
    assert world.look() == {}
    assert len(world.counting.asked) == 1
    assert world.look(at_once=True) == {"risky": ()}
    assert world.look(now=NOW + timedelta(days=1)) == {"risky": ()}


def test_what_does_not_run_costs_no_query() -> None:
    world = World()
    world.states.held["risky"] = State(on=False)
    off = Experiment(name="off", about="?", arms=RISKY.arms)
    assert world.look(RISKY, off) == {}
    assert not world.counting.asked


def test_arms_that_are_declared_anew_are_counted_anew() -> None:
    world = World()
    world.told("a", shown("bold", days=-1))
    world.look()
    assert world.sums()["bold"].viewers == 1
    wider = Experiment(name="risky", about="?", on=True, arms=(Arm(name="bold", share=0.3),))
    world.look(wider, at_once=True)
    assert world.sums() == {}
    assert world.states.held["risky"].since == NOW.date()


def test_four_weeks_are_counted_at_most() -> None:
    world = World()
    world.states.held["risky"] = State(since=(NOW - timedelta(days=90)).date(), declared=fingerprint(RISKY))
    world.look()
    assert world.states.held["risky"].counted_from == (NOW - timedelta(days=DAYS_MOST - 1)).date()


def test_the_operators_word_stays_when_it_comes_while_one_looks(caplog: pytest.LogCaptureFixture) -> None:
    states = FakeStates()

    class Meanwhile(Given):
        def rows(self, sql: str) -> Iterator[dict[str, str]]:
            states.put_state("risky", State(on=False), State())
            yield from super().rows(sql)

    assert look_at_experiments([RISKY], states, Meanwhile(bold=0.02, default=0.08), NOW) == {"risky": ()}
    assert states.held["risky"] == State(version=1, on=False)
    assert "was changed while" in caplog.text


def test_the_next_hour_tries_again_when_the_engine_is_away() -> None:
    world = World()

    class Away(DuckCounting):
        def rows(self, sql: str) -> Iterator[dict[str, str]]:
            raise UnavailableError(sql)

    with pytest.raises(UnavailableError):
        look_at_experiments([RISKY], world.states, Away(world.files), NOW)
    assert world.look() == {"risky": ()}


def test_a_stop_stays_over_the_looks_that_come_after_it() -> None:
    world = World()
    stop = Stop(at=NOW, by="operator", why="a hunch")
    world.states.held["risky"] = State(version=1, stopped={"bold": stop})
    world.look()
    assert world.states.held["risky"].stopped == {"bold": stop}


def test_the_text_names_the_experiment_and_its_days() -> None:
    text = trial_sql("risky", NOW.date(), NOW.date())
    assert "{" not in text.replace("{0,", "")
    assert "'%+risky:%'" in text

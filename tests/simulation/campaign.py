"""Many runs: what they did, what went wrong in them on purpose, and which promises broke."""

import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.settings import Settings
from tests.simulation import promises
from tests.simulation.deployment import Deployment
from tests.simulation.driver import REGIMES, Driver
from tests.simulation.healing import heal

ACTIONS = 160
STORY_LINES = 150
STORIES_MOST = 3  # in one campaign; the others are named
SEVEN_THOUSAND_TOKENS = 7_000  # two or three questions a day for everybody


def regime_of(seed: int, regimes: Sequence[str] = tuple(REGIMES)) -> str:
    """Each seed has its regime, so that a seed alone names a run."""
    return regimes[seed % len(regimes)]


def run_once(seed: int, regime: str, verbose: bool = False, actions: int = ACTIONS) -> Deployment:
    """One world from beginning to end."""
    rnd = random.Random(f"world {seed}")
    settings = Settings(
        llm_parallel=rnd.choice((1, 1, 2)),
        budget_tokens_per_day=rnd.choice((1_000_000, 1_000_000, SEVEN_THOUSAND_TOKENS)),
        ask_per_user_and_day=rnd.choice((12, 12, 2)),
        ask_first_pause_seconds=rnd.choice((15, 15, 0)),
    )
    users = rnd.choice((1, 2, 3))
    unconfirmed = [place for place in range(users) if rnd.random() < 0.3]
    deployment = Deployment(seed, users, settings, verbose, unconfirmed)
    with deployment.wired():
        promises.watch(deployment)
        driver = Driver(deployment, REGIMES[regime])
        driver.run(actions)
        heal(deployment, driver)
        promises.check_end(deployment)
    return deployment


@dataclass
class Result:
    """What a campaign found. `violations`: by promise, in how many runs it broke; `seeds`: where to look."""

    runs: int = 0
    faults: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    seeds: dict[str, list[str]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)

    def add(self, deployment: Deployment, seed: int, regime: str) -> set[str]:
        """Counts a run in; returns the promises that it broke."""
        evidence = deployment.evidence
        self.runs += 1
        self.faults += sum(deployment.schedule.faults.values())
        self.totals.update(calls=deployment.schedule.steps, requests=evidence.requests, pages=evidence.pages,
                           questions=len(evidence.calls), deletions=len(evidence.deleted))  # fmt: skip
        broken = {promise for promise, _ in evidence.violations}
        self.violations.update(broken)
        for promise in broken:
            self.seeds.setdefault(promise, []).append(f"{regime}:{seed}")
        return broken

    def last_line(self) -> dict[str, Any]:
        """What the command prints at its end."""
        return {"runs": self.runs, "faults": self.faults, "violations": dict(sorted(self.violations.items()))}


@contextmanager
def quiet() -> Iterator[None]:
    """What handlers log about thousands of faults is of no interest, nor are the lines of their steps."""
    logging.disable(logging.CRITICAL)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            yield
    finally:
        logging.disable(logging.NOTSET)


def campaign(seeds: Iterable[int], regimes: Sequence[str] = tuple(REGIMES)) -> Result:
    """One run for each seed. Progress, and the story of the first violations, on standard error."""
    result, began = Result(), time.monotonic()
    with quiet():
        for seed in seeds:
            regime = regime_of(seed, regimes)
            broken = result.add(run_once(seed, regime), seed, regime)
            for promise in broken:
                if len(result.seeds[promise]) == 1 and len(result.seeds) <= STORIES_MOST:
                    tell(seed, regime, promise)
            if result.runs % 100 == 0:
                print(
                    f"… {result.runs} runs, {time.monotonic() - began:.0f} s, {dict(result.violations)}",
                    file=sys.stderr,
                )
    print(f"{time.monotonic() - began:.0f} s, {dict(result.totals)}", file=sys.stderr)
    for promise, some in sorted(result.seeds.items()):
        print(f"{promise}: {' '.join(some[:8])}", file=sys.stderr)
    return result


def tell(seed: int, regime: str, promise: str) -> None:
    """The end of the story up to the first violation of the promise."""
    story = run_once(seed, regime, verbose=True).schedule.story
    end = next((place for place, line in enumerate(story) if f"!! {promise}" in line), len(story) - 1)
    lines = story[max(0, end + 1 - STORY_LINES) : end + 1]
    print(f"\n▸ {promise}: seed {seed}, regime {regime}", *lines, "", sep="\n", file=sys.stderr)

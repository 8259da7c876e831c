"""How much the model's votes count follows what came of them: once a day, slowly, within bounds.

Picks are set against the films that stood in the same lists at the same places, by Mantel and Haenszel's way of adding
up over places (1959), for a ratio of `WORTH` (S. Greenland, J. Robins 1985): z is the likes of picks beyond `WORTH`
times those that as many neighbours had, in standard deviations. Between −1 and 1 nothing moves; from ±2 on a whole step
is taken. The burden is the model's, which costs money: votes that lift a film by a few places cannot do much harm, so
that a model that picks by chance is hardly told from one as good as the list, and neither is worth its votes. Votes are
lost twice as fast as gained. As a weight grows its picks come from further down, until they are worth no more:
there it stays.

The least weight still marks picks in fresh lists, so that a model that has become better is seen to be.
"""

import logging
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from chalicelib.outcomes.experiments.model import ExperimentStates, Votes
from chalicelib.outcomes.model import Counting
from chalicelib.outcomes.sql import statement

log = logging.getLogger(__name__)

LEAST, MOST = 0.05, 2.0
DOWN, UP = 0.8, 1.1  # of a weight, in a day at most: 0.04 and 3.8 in a fortnight
FROM, WHOLE = 1.0, 2.0  # |z| from which it moves, and from which by a whole step
WORTH = 1.1  # times as many likes as its neighbours is what a pick has to have
DAYS = 14  # that are counted: what a quiet site shows in a night says nothing
PICKS_LEAST = 100


class PlaceSums(msgspec.Struct, frozen=True):
    """At one place: picks shown and liked, and the other films."""

    picks: int
    picks_liked: int
    others: int
    others_liked: int


def follow_outcomes(states: ExperimentStates, counting: Counting, now: datetime, *, at_once: bool = False) -> Votes:
    """Moves the weight by what came of the last two weeks' votes unless that was done today (UTC). Returns how it
    stands. One query.

    Raises:
        UnavailableError: the engine does not answer; the weight stays, and the next hour tries again.
    """
    today = now.astimezone(UTC).date()
    _, before = states.find_states([])
    if before.looked_on == today and not at_once:
        return before
    z = evidence(_places(counting.rows(votes_sql(today - timedelta(days=DAYS - 1), today))))
    after = msgspec.structs.replace(before, weight=moved(before.weight, z), looked_on=today)
    if not states.put_votes(after, replaces=before):
        return before  # somebody else has just done it
    log.info("votes: z %.2f, weight %.3f to %.3f", z, before.weight, after.weight)
    return after


def evidence(places: Iterable[PlaceSums]) -> float:
    """z: what speaks for the picks, or against them; 0 of too few. Likes of picks less `WORTH` times those of as many
    other films at the same places, in standard deviations."""
    beyond = variance = 0.0
    picks = 0
    for one in places:
        total, liked = one.picks + one.others, one.picks_liked + one.others_liked
        picks += one.picks
        if not total:
            continue
        beyond += (one.picks_liked * one.others - WORTH * one.others_liked * one.picks) / total
        rate, share = liked / total, one.picks * one.others / (total * total)
        variance += share * rate * (1 - rate) * (one.others + WORTH * WORTH * one.picks)
    return beyond / math.sqrt(variance) if variance and picks >= PICKS_LEAST else 0.0


def moved(weight: float, z: float) -> float:
    """The weight after a day with this evidence."""
    share = min(1.0, max(0.0, abs(z) - FROM) / (WHOLE - FROM))
    step = math.pow(UP if z > 0 else DOWN, share)
    return round(min(MOST, max(LEAST, weight * step)), 4)


def votes_sql(first: date, last: date) -> str:
    """What picks and their neighbours came to over these days."""
    return statement("experiments/votes", first, last)


def _places(rows: Iterable[dict[str, str]]) -> Sequence[PlaceSums]:
    found: dict[int, list[int]] = {}
    for row in rows:
        sums = found.setdefault(int(row["place"]), [0, 0, 0, 0])
        start = 0 if int(row["picked"]) else 2
        sums[start : start + 2] = [int(row["shown"]), int(row["liked"])]
    return [PlaceSums(*sums) for sums in found.values()]

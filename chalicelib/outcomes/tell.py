"""A client tells what its viewer was shown and did; we know by ourselves what they liked. No table is written."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from chalicelib.errors import InvalidInputError
from chalicelib.outcomes.experiments.assignment import known_arms
from chalicelib.outcomes.experiments.model import Experiment
from chalicelib.outcomes.list_version import LENGTH_MAX, arms_at, number_of, prompt_at, source_at
from chalicelib.outcomes.model import EventKind, Kind, Telling, Told, ToldBatch
from chalicelib.outcomes.pseudonyms import Pseudonyms

EVENTS_MAX = 100  # api.md
OLDEST = timedelta(days=7)  # a telephone that was without a network over a holiday
CLOCKS_DIFFER = timedelta(minutes=2)
VERSION_CHARACTERS = 10  # of a digest: only that two are of the same list matters, within one viewer's day

type Place = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
# "$" alone lets a line break follow in Python, and the row of the file would be two.
type Surface = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened with a film: it was in sight for a second, was opened, began to play, was seen to its end.

    `list_version` and `place` as the home page has them; `surface` is where on the site, in the site's own words.
    """

    type: EventKind
    film_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$(?!\n)")]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    list_version: Annotated[str, msgspec.Meta(max_length=LENGTH_MAX)] | None = None
    place: Place | None = None
    surface: Surface | None = None


def tell(
    events: Sequence[Event],
    user_id: str,
    pseudonyms: Pseudonyms,
    telling: Telling,
    now: datetime,
    experiments: Sequence[Experiment] = (),
    prompt_versions: Collection[str] = (),
) -> int:
    """Hands over what a viewer's client tells; the same event told again is counted once, later. Returns how many.
    `experiments` are the declared ones, `prompt_versions` those there are: of others nothing is kept.

    Raises:
        InvalidInputError: an event of the future, or of more than a week ago.
        UnavailableError: nothing was handed over.
    """
    for number, one in enumerate(events):
        if one.at > now + CLOCKS_DIFFER:
            raise InvalidInputError("It is in the future.", f"events[{number}].at")
        if one.at < now - OLDEST:
            raise InvalidInputError(f"It is older than {OLDEST.days} days.", f"events[{number}].at")
    if events:
        told = tuple(told_of(one, experiments, prompt_versions) for one in events)
        telling.tell(ToldBatch(pseudonyms.pseudonym(user_id), tuple(dict.fromkeys(told))))
    return len(events)


def tell_judgement(
    kind: Kind, film_id: str, user_id: str, pseudonyms: Pseudonyms, telling: Telling, now: datetime
) -> bool:
    """Beside what the client tells: the viewer liked the film or did not. Returns False where no client ever told us
    anything of theirs, so that there is nothing to set it against."""
    viewer = pseudonyms.find_pseudonym(user_id)
    if viewer is None:
        return False
    telling.tell(ToldBatch(viewer, (Told(kind, film_id, _microseconds(now)),)))
    return True


def told_of(one: Event, experiments: Sequence[Experiment] = (), prompt_versions: Collection[str] = ()) -> Told:
    """The event as it is kept."""
    version = one.list_version or ""
    source, prompt = source_at(version, one.place or 0), prompt_at(version)
    return Told(
        kind=one.type,
        film_id=one.film_id.lower(),
        at=_microseconds(one.at),
        source=source,
        place=one.place or 0,
        surface=one.surface or "",
        experiment=known_arms(arms_at(version), experiments),
        version=_digest(number_of(version)) if version else "",
        prompt_version=prompt if source == "gigachat" and prompt in prompt_versions else "",
    )


def _digest(version: str) -> str:
    return hashlib.sha256(version.encode()).hexdigest()[:VERSION_CHARACTERS]


def _microseconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

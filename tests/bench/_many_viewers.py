"""A hundred thousand viewers' tables in memory: the fakes' promises, at the cost of who is concerned, not of all."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from chalicelib.catalog.model import Film
from chalicelib.recommendations.llm.budget import DayLedger, QuestionEntry, day_of
from chalicelib.recommendations.model import AskState
from tests.factories import film
from tests.fake_lanes import FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.simulation.stores import GENRES, SimCatalog

FILMS = 400
AT_ONCE = 8  # films a search knows: a list of a few, for its length has no influence on when it comes
LAST = "\U0010ffff"  # behind every id

WAITING, PRESENT, COMMON = "waiting", "present", "common"


class ManyViewersStore(FakeRecommendationStore):
    """The sparse index is kept in order, so that a look at it costs what it finds."""

    def __init__(self) -> None:
        super().__init__()
        self._index: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        self._standing: dict[str, list[tuple[str, datetime]]] = {}
        self._open: set[str] = set()

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        stored = super().put_state(user_id, state, replaces)
        for place, moment in self._standing.pop(user_id, ()):
            entries = self._index[place]
            del entries[bisect_left(entries, (moment, user_id))]
        self._open.discard(user_id)
        if stored.pending_since:
            self._open.add(user_id)
        if stored.look_at:
            common = stored.unproven and not stored.pending_since
            present = stored.is_present and not stored.pending_since and not common
            places = [COMMON] if common else [WAITING, PRESENT] if present else [WAITING]
            self._standing[user_id] = [(place, stored.look_at) for place in places]
            for place in places:
                insort(self._index[place], (stored.look_at, user_id))
        return stored

    def is_anybody_due(self, now: datetime) -> bool:
        """Whether a sweep would find somebody."""
        return any(entries[0][0] <= now for entries in self._index.values() if entries) or any(
            moment <= now for moment in self._hints.values()
        )

    def waiting_now(self, now: datetime) -> int:
        """How many viewers wait for a question that may be asked."""
        return bisect_right(self._index[WAITING], (now, LAST)) + bisect_right(self._index[COMMON], (now, LAST))

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        yield from self._first(WAITING, now, limit)

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:
        yield from self._first(COMMON, now, limit)

    def _first(self, place: str, now: datetime, limit: int) -> Iterator[str]:
        entries = self._index[place]
        yield from [user_id for _, user_id in entries[: min(limit, bisect_right(entries, (now, LAST)))]]

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        entries = self._index[PRESENT]
        first, end = bisect_left(entries, (since, "")), bisect_right(entries, (now, LAST))
        yield from [user_id for _, user_id in reversed(entries[max(first, end - limit) : end])]

    def count_open(self, now: datetime, limit: int) -> int:
        return min(limit, sum(self.read(user_id).state.is_open(now) for user_id in self._open))


class ManyQuestionsBudget(FakeBudget):
    """A ledger that keeps its days' sums."""

    def __init__(self, tokens_per_day: int, common_per_day: int) -> None:
        self.days: dict[str, DayLedger] = {}
        super().__init__(tokens_per_day, common_per_day)

    def reserve(self, question_key: str, tokens: int, now: datetime, *, common: bool = False) -> QuestionEntry:
        before = self.entries.get(question_key)
        entry = super().reserve(question_key, tokens, now, common=common)
        self._add(before, entry)
        return entry

    def _closed(self, question_key: str, closing: Callable[[QuestionEntry], QuestionEntry]) -> bool:
        before = self.entries.get(question_key)
        is_closed = super()._closed(question_key, closing)
        if is_closed:
            self._add(before, self.entries[question_key])
        return is_closed

    def ledger(self, moment: datetime) -> DayLedger:
        return self.days.get(day_of(moment), DayLedger(tokens=0, lost_tokens=0, common_tokens=0))

    def _add(self, before: QuestionEntry | None, after: QuestionEntry) -> None:
        held = self.days.get(after.day, DayLedger(tokens=0, lost_tokens=0, common_tokens=0))
        self.days[after.day] = DayLedger(
            tokens=held.tokens + after.tokens - (before.tokens if before else 0),
            lost_tokens=held.lost_tokens + after.lost_tokens - (before.lost_tokens if before else 0),
            common_tokens=held.common_tokens
            + (after.tokens if after.common else 0)
            - (before.tokens if before and before.common else 0),
        )


class ManyFilmsCatalog(SimCatalog):
    """A catalogue whose searches cost what they find."""

    def __init__(self, films: Sequence[Film]) -> None:
        super().__init__(films)
        self._top = list(films)
        self._by_genre = {genre: [one for one in films if genre in one.genres][:AT_ONCE] for genre in GENRES}

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        genres = {genre for one in film_ids[:5] if one in self.films for genre in self.films[one].genres}
        return [one for genre in sorted(genres) for one in self._by_genre[genre] if one.film_id not in film_ids][:limit]

    def top(self, limit: int = 100) -> list[Film]:
        return self._top[: min(limit, AT_ONCE)]


def many_films() -> list[Film]:
    """Of three genres, so that tastes differ."""
    return [
        film(f"{GENRES[place % 3]} number {place}", genres=(GENRES[place % 3],), year=1950 + place % 70)
        for place in range(FILMS)
    ]

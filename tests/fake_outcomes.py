"""What outcomes need of the outside, in dictionaries; and DuckDB over the files, as the engine reads them."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import duckdb
import msgspec

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.experiments.model import State, Votes
from chalicelib.outcomes.model import Counted, Resting, ToldBatch
from infra.deploy.template.learning import EVENT_COLUMNS

DUCKDB_TYPES = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT"}


class FakeSalts:
    """`Salts` and `SaltsOfAll`; counts what would be paid for."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.resting: dict[str, Resting] = {}
        self.reads, self.writes = 0, 0

    def find_salt(self, user_id: str) -> bytes | None:
        self.reads += 1
        return self.held.get(user_id)

    def put_salt(self, user_id: str, salt: bytes) -> bytes:
        self.writes += 1
        return self.held.setdefault(user_id, salt)

    def drop_salt(self, user_id: str) -> None:
        self.held.pop(user_id, None)
        self.resting.pop(user_id, None)

    def all_salts(self) -> Iterator[tuple[str, bytes, Resting]]:
        for user_id, salt in list(self.held.items()):
            yield user_id, salt, self.resting.get(user_id, {})

    def find_resting(self, user_id: str) -> Resting:
        return self.resting.get(user_id, {})

    def put_resting(self, user_id: str, films: Resting) -> bool:
        self.writes += 1
        if user_id in self.held:
            self.resting[user_id] = films
        return user_id in self.held


class FakeTelling:
    """`Telling`; takes nothing while it is `away`."""

    def __init__(self) -> None:
        self.told: list[ToldBatch] = []
        self.away = False

    def tell(self, batch: ToldBatch) -> None:
        if self.away:
            raise UnavailableError("away")
        self.told.append(batch)


class FakeFiles:
    """`EventFiles`: files by day and name."""

    def __init__(self) -> None:
        self.held: dict[tuple[date, str], tuple[Sequence[object], ...]] = {}

    def write_file(self, day: date, name: str, rows: Iterable[Sequence[object]]) -> None:
        self.held[day, name] = tuple(rows)

    def fingerprint(self, day: date) -> str:
        return str(hash(tuple(sorted(name for one, name in self.held if one == day)))) if self.of(day) else ""

    def has_any(self) -> bool:
        return bool(self.held)

    def of(self, day: date) -> list[Sequence[object]]:
        """All rows of a day."""
        return [row for (one, _), rows in self.held.items() if one == day for row in rows]


class FakeDays:
    """`Days`; counts what is put."""

    def __init__(self) -> None:
        self.held: dict[date, Counted] = {}
        self.puts = 0

    def put_day(self, day: date, counted: Counted) -> None:
        self.held[day] = counted
        self.puts += 1

    def find_days(self, days: Sequence[date]) -> Mapping[date, Counted]:
        return {day: self.held[day] for day in days if day in self.held}


class DuckCounting:
    """`Counting` on DuckDB over `FakeFiles`, answers as CSV gives them."""

    def __init__(self, files: FakeFiles) -> None:
        self.files = files
        self.asked: list[str] = []

    def rows(self, sql: str) -> Iterator[dict[str, str]]:
        self.asked.append(sql)
        with duckdb.connect() as engine:
            columns = ", ".join(f"{name} {DUCKDB_TYPES[kind]}" for name, kind in EVENT_COLUMNS.items())
            engine.execute(f"CREATE TABLE events ({columns}, day VARCHAR)")
            rows = [(*row, day.isoformat()) for (day, _), some in self.files.held.items() for row in some]
            if rows:
                engine.executemany(f"INSERT INTO events VALUES ({', '.join('?' for _ in rows[0])})", rows)  # noqa: S608
            answer = engine.execute(sql)
            names = [one[0] for one in answer.description]
            text = io.StringIO()
            csv.writer(text).writerows([names, *answer.fetchall()])
        yield from csv.DictReader(io.StringIO(text.getvalue()))


class FakeTallies:
    """`Tallies`; counts what would be paid for."""

    def __init__(self) -> None:
        self.held = Counter[str]()
        self.adds = 0

    def add_tally(self, name: str, count: int, until: datetime | None = None) -> None:  # noqa: ARG002
        self.held[name] += count
        self.adds += 1

    def find_tallies(self, names: Sequence[str]) -> Mapping[str, int]:
        return {name: self.held[name] for name in names}


class FakeStates:
    """`ExperimentStates`; answers nobody while it is `away`."""

    def __init__(self, votes: Votes | None = None, **states: State) -> None:
        self.held: dict[str, State] = {name.replace("_", "-"): state for name, state in states.items()}
        self.votes = votes or Votes()
        self.away = False
        self.reads = 0

    def find_states(self, names: Sequence[str]) -> tuple[Mapping[str, State], Votes]:
        self.reads += 1
        if self.away:
            raise UnavailableError("away")
        return {name: self.held[name] for name in names if name in self.held}, self.votes

    def put_state(self, name: str, new: State, replaces: State) -> bool:
        if self.held.get(name, State()).version != replaces.version:
            return False
        self.held[name] = msgspec.structs.replace(new, version=replaces.version + 1)
        return True

    def put_votes(self, new: Votes, replaces: Votes) -> bool:
        if self.votes.version != replaces.version:
            return False
        self.votes = msgspec.structs.replace(new, version=replaces.version + 1)
        return True

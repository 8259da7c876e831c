"""The first half of an import: every row is read and judged, and what makes sense is sorted by viewer into parts.

Nothing of any viewer is changed before all rows have been judged. Memory is bounded by a round: its words are put
aside, a piece of each part, and noted; whoever dies goes on behind the last round.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from uuid import UUID

import msgspec

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.imports import ERRORS_MAX, Import, ImportStore, Progress, RowError, SentFile, row_error
from chalicelib.feedback.bulk.lines import FileRefusedError, Line, lines_of
from chalicelib.feedback.bulk.rows import MEMO_MAX, Reader, Row, RowRefusedError

type HeldFilms = Callable[[Sequence[str]], Mapping[str, object]]
"""Those of these films (by id) that the catalogue holds."""

ROWS_MAX = 10_000_000  # api.md
BYTES_MAX = 5 * 2**30  # S3 takes no more by one PUT
BAD_SHARE_MAX = 0.2  # over 20 % bad rows, the file is not what its sender thinks it is
ROUND_ROWS = 200_000  # 9 MB of words
TOGETHER = 2_000  # rows whose films are looked up at once
FILMS_AT_ONCE = 500
PART_BYTES = 2 * 2**20  # of the file as it was sent, packed about seven times more
PARTS_MAX = 64  # of 10,000,000 rows each has 160,000: kept in about a minute


def begun(file: SentFile) -> Progress:
    """Nothing is read yet. The number of parts follows from the file, so that it is the same for whoever begins anew.

    Raises:
        FileRefusedError: it is too large.
    """
    if file.size > BYTES_MAX:
        raise FileRefusedError(f"A file may have at most {BYTES_MAX:,} bytes.")
    return Progress(etag=file.etag, parts=min(PARTS_MAX, 1 + file.size // PART_BYTES))


def pieces_of(progress: Progress, part: int) -> list[str]:
    """The names of a part's pieces, in the order of their rows; of the round under way too. Those of another file, sent
    in the place of this one, have others."""
    of_file = hashlib.sha256(progress.etag.encode()).hexdigest()[:16]
    return [f"{of_file}-{part:03}-{number:03}" for number in range(progress.rounds + 1)]


class Films:
    """Film ids by what a file calls them; remembers, for a film's rows are many."""

    def __init__(self, held: HeldFilms) -> None:
        self._held = held
        self._ids: dict[str, str | None] = {}

    def look_up(self, names: Sequence[str]) -> Mapping[str, str | None]:
        """By name the film's id; None where the catalogue has no such film. Raises `CatalogUnavailableError`."""
        if len(self._ids) >= MEMO_MAX:
            self._ids.clear()
        new = {name: _film_id(name) for name in dict.fromkeys(names) if name not in self._ids}
        for some in batched(new.values(), FILMS_AT_ONCE, strict=False):
            held = self._held(some)
            self._ids |= {name: film_id if film_id in held else None for name, film_id in new.items()
                          if film_id in some}  # fmt: skip
        return self._ids


def _film_id(name: str) -> str:
    try:
        return str(UUID(name)) if len(name) == len("00000000-0000-0000-0000-000000000000") else film_id_of(name)
    except ValueError:
        return film_id_of(name)


def sort_round(
    store: ImportStore, films: Films, import_id: str, held: Import, lines: Sequence[Line], now: datetime
) -> Import:
    """Judges these lines, which follow those before, puts their words aside, and says what is known of the file now.

    Raises:
        FileRefusedError: the file has too many rows.
        CatalogUnavailableError: nobody can tell which films there are; nothing is noted.
    """
    progress = _progress(held)
    texts = [line.text for line in lines if line.text.strip()]
    if held.rows + len(texts) > ROWS_MAX:
        raise FileRefusedError(f"A file may have at most {ROWS_MAX:,} rows; split it.")
    parts = [bytearray() for _ in range(progress.parts)]
    errors: list[RowError] = []
    reader = Reader(now)
    for some in batched(enumerate(texts, held.rows + 1), TOGETHER, strict=False):
        rows: list[tuple[int, Row]] = []
        for number, text in some:
            try:
                rows.append((number, reader.row(text)))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                errors.append(row_error(number, error))
            except RowRefusedError as error:
                errors.append(RowError(number, error.field, error.message))
        known = films.look_up([row.film for _, row in rows])
        for place, row in rows:
            try:
                word = reader.word(row, _known(known, row.film), place)
                parts[int(word.user_id[:8], 16) % len(parts)] += word.packed()
            except RowRefusedError as error:
                errors.append(RowError(place, error.field, error.message))
    for part, words in enumerate(parts):
        if words:
            store.put_piece(import_id, pieces_of(progress, part)[-1], bytes(words))
    return msgspec.structs.replace(
        held,
        rows=held.rows + len(texts),
        rejected=held.rejected + len(errors),
        errors=(*held.errors, *sorted(errors, key=lambda one: one.row))[:ERRORS_MAX],
        progress=msgspec.structs.replace(
            progress, rounds=progress.rounds + 1, offset=lines[-1].end if lines else progress.offset
        ),
    )


def unread(store: ImportStore, import_id: str, held: Import, file: SentFile) -> Iterator[Sequence[Line]]:
    """The lines that no round has had yet, a round at a time.

    Raises:
        FileRefusedError: the file is no good.
        FileReplacedError: another one lies there now.
    """
    progress = _progress(held)
    found = lines_of(
        lambda start, size: store.read_range(import_id, progress.etag, start, size), file.size, progress.offset
    )
    return batched(found, ROUND_ROWS, strict=False)


def judged(held: Import) -> Import:
    """What is to become of a file that has been read to its end.

    Raises:
        FileRefusedError: nothing of it may count.
    """
    if not held.rows:
        raise FileRefusedError("The file has no row.")
    if held.rejected > BAD_SHARE_MAX * held.rows:
        raise FileRefusedError("Over 20 % of the rows make no sense: nothing was changed.")
    return msgspec.structs.replace(held, progress=msgspec.structs.replace(_progress(held), is_sorted=True))


def _known(known: Mapping[str, str | None], name: str) -> str:
    film_id = known[name]
    if film_id is None:
        raise RowRefusedError("film", "The catalogue has no such film.")
    return film_id


def _progress(held: Import) -> Progress:
    if held.progress is None:
        raise ValueError("an import without progress has not begun")
    return held.progress

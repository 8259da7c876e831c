"""In bulk: a server sends a file, its rows are taken, and it is said what became of them.

Films are taken here, all of a file in one step. What a site brings in of its viewers is the feedback's business
(`feedback/bulk/`), step by step.
"""

import gzip
import io
import logging
import uuid
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

from chalicelib.catalog.change_films import dated
from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import Film, TooManyChangesError
from chalicelib.catalog.port import Catalog
from chalicelib.errors import NotFoundError, UnavailableError
from chalicelib.language import Language

log = logging.getLogger(__name__)

type Kind = Literal["interactions", "films"]
type State = Literal["waiting", "running", "done", "failed"]

UPLOAD_SECONDS = 3_600
BYTES_MAX = 64 * 2**20  # of the file as it was sent: 100,000 films are 15 MB packed
LINE_BYTES_MAX = 2**20  # one row with every text at its longest
ROWS_MAX = 100_000  # design.md: beyond that a load is the way, into OpenSearch
BAD_SHARE_MAX = 0.05  # over 5 % bad rows, the file is not what its sender thinks it is, as for a load
GZIP = b"\x1f\x8b"
ERRORS_MAX = 100  # api.md: the first 100 are told
ATTEMPTS = 3  # a file that has killed its worker so often is left alone
LEASE = timedelta(minutes=6)  # longer than the function may run
STEP_LEASE = timedelta(minutes=10)  # a step that nobody has ended by then is lost: its worker has three minutes


class RowError(msgspec.Struct, frozen=True):
    """A row that is no film, by its line from 1; `field` is empty when the line itself is wrong."""

    row: int
    field: str
    message: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file of many steps is. First it is read and sorted into `parts` by viewer, in rounds; then the parts
    are kept, one after the other."""

    etag: str  # the file that was begun: another one in its place is begun anew
    parts: int
    offset: int = 0  # bytes of it, unpacked, that are sorted
    rounds: int = 0  # each has left a piece of every part
    is_sorted: bool = False
    kept: int = 0  # parts
    steps: int = 0  # counts what is noted here, so that the message of the next step is another one


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file so far. `rejected` rows are left out of the `accepted` ones' step; a failed import has
    changed nothing, and its last error says why."""

    state: State
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    errors: tuple[RowError, ...] = ()
    attempts: int = 0
    begun_at: datetime | None = None  # or when its last step ended
    kind: Kind = "films"
    language: Language = "ru"  # what viewers are addressed in who have chosen none
    progress: Progress | None = None


class SentFile(NamedTuple):
    """A file as it lies there. `etag` is another one when another file is sent in its place."""

    size: int
    etag: str


class FileReplacedError(Exception):
    """The file that was begun is not there any more: another one is, or none."""


class Begun(NamedTuple):
    """Where a file is to be sent, and until when."""

    import_id: str
    upload_url: str
    expires_at: datetime


class ImportStore(Protocol):
    """Where files lie until they are taken. Every method may raise `CatalogUnavailableError`."""

    def upload_url(self, import_id: str, seconds: int) -> str:
        """An address that takes one file by `PUT`. No request."""

    def find(self, import_id: str) -> Import | None:
        """What is known of an import; None when nobody has begun it, or long ago."""

    def put(self, import_id: str, state: Import) -> None:
        """Notes what is known of it."""

    def waiting(self) -> list[str]:
        """The ids of imports whose file has come, the oldest first; at most 100."""

    def read(self, import_id: str, bytes_max: int) -> bytes | None:
        """The file, as it was sent; None when it is larger than that, or is gone."""

    def drop_file(self, import_id: str) -> None:
        """The file is not needed any more."""

    def describe(self, import_id: str) -> SentFile | None:
        """The file that has come; None while none has."""

    def read_range(self, import_id: str, etag: str, start: int, size: int) -> bytes:
        """So many bytes of the file from there on, fewer at its end. `FileReplacedError` when it has another `etag`."""

    def put_piece(self, import_id: str, name: str, body: bytes) -> None:
        """Keeps something of our own beside the file."""

    def read_piece(self, import_id: str, name: str) -> bytes:
        """It; empty when there is none."""

    def drop_pieces(self, import_id: str, names: Iterable[str]) -> None:
        """They are not needed any more; fine when there are none."""


class NextStep(msgspec.Struct, frozen=True):
    """The message: an import can go on. Where, is noted with it.

    Group id: one for all files, so that they are taken one after the other. Deduplication id: by the number of the
    step, so that a step is not queued twice within five minutes.
    """

    import_id: str


class StepQueue(Protocol):
    """Where files wait for their next step, one after the other."""

    def send(self, import_id: str, once: str) -> None:
        """Has the next step taken; `once` is sent once in five minutes."""


class _RefusedError(Exception):
    """The file as a whole is no good; the text is for its sender."""


def begin_import(store: ImportStore, now: datetime, kind: Kind = "films", language: Language = "ru") -> Begun:
    """Makes room for a file: JSON lines, gzip or not, of films as the loader takes them or of what viewers did."""
    import_id = str(uuid.uuid4())
    store.put(import_id, Import(state="waiting", kind=kind, language=language))
    return Begun(import_id, store.upload_url(import_id, UPLOAD_SECONDS), now + timedelta(seconds=UPLOAD_SECONDS))


def get_import(store: ImportStore, import_id: str) -> Import:
    """What became of it. Raises `NotFoundError`."""
    found = store.find(import_id)
    if found is None:
        raise NotFoundError("There is no such import, or it is over for more than a week.")
    return found


def take_waiting(store: ImportStore, catalog: Catalog, steps: StepQueue, now: datetime) -> int:
    """Takes every file of films that has come, and has the others taken. Returns how many were taken or refused.

    May run twice, late, or die at any line: a file goes last, and taking it again changes nothing.
    """
    taken = 0
    for import_id in store.waiting():
        held = store.find(import_id) or Import(state="waiting")
        if held.kind == "interactions":
            _wake(steps, import_id, held, now)
            continue
        if held.state == "running" and held.begun_at and now - held.begun_at < LEASE:
            continue  # somebody is at it
        if held.state in ("waiting", "running"):
            store.put(import_id, msgspec.structs.replace(
                held, state="running", attempts=held.attempts + 1, begun_at=now))  # fmt: skip
            if (ended := _taken(store, catalog, import_id, held.attempts, now)) is None:
                continue
            store.put(import_id, ended)
        store.drop_file(import_id)
        taken += 1
    return taken


def _wake(steps: StepQueue, import_id: str, held: Import, now: datetime) -> None:
    """A file that has just come, or whose next step was lost. One that is over is dropped by its step too."""
    if held.state != "running" or held.begun_at is None or now - held.begun_at >= STEP_LEASE:
        steps.send(import_id, f"{import_id}-{held.progress.steps if held.progress else 0}-look")


def _taken(store: ImportStore, catalog: Catalog, import_id: str, attempts: int, now: datetime) -> Import | None:
    """How it ended; None when the catalogue did not answer, and the next look tries again."""
    errors: list[RowError] = []
    films: dict[str, Film] = {}
    rows = 0
    try:
        if attempts >= ATTEMPTS:
            raise _RefusedError("It could not be taken, three times.")
        if (raw := store.read(import_id, BYTES_MAX)) is None:
            raise _RefusedError(f"A file may have at most {BYTES_MAX:,} bytes.")
        for rows, line in enumerate(_lines(raw), 1):
            try:
                film = film_of(_row.decode(line))
                films[film.film_id] = film
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                errors.append(row_error(rows, error))
        if len(errors) > BAD_SHARE_MAX * rows:
            raise _RefusedError("Over 5 % of the rows are bad: nothing was changed.")
        catalog.upsert(dated(catalog, films.values(), now))
    except (UnavailableError, TooManyChangesError) as error:
        log.warning("import %s waits: %s", import_id, error)
        store.put(import_id, Import(state="waiting", attempts=attempts))
        return None
    except _RefusedError as refused:
        told = (*errors[: ERRORS_MAX - 1], RowError(0, "", str(refused)))
        return Import(state="failed", rows=rows, rejected=len(errors), errors=told)
    accepted = rows - len(errors)
    return Import(state="done", rows=rows, accepted=accepted, rejected=len(errors), errors=tuple(errors[:ERRORS_MAX]))


def _lines(raw: bytes) -> Iterator[bytes]:
    """The lines that are not empty, unpacked if they are packed. Raises `_RefusedError`."""
    sent = io.BytesIO(raw)
    text = gzip.GzipFile(fileobj=sent) if raw.startswith(GZIP) else sent
    number = 0
    try:
        while line := text.readline(LINE_BYTES_MAX + 1):
            if len(line) > LINE_BYTES_MAX:
                raise _RefusedError(f"Row {number + 1} has more than {LINE_BYTES_MAX:,} bytes.")
            if not line.strip():
                continue
            number += 1
            if number > ROWS_MAX:
                raise _RefusedError(f"A file may have at most {ROWS_MAX:,} rows; load larger ones.")
            yield line
    except (EOFError, OSError, zlib.error) as error:
        raise _RefusedError("The file is cut off, or packed in another way than gzip.") from error
    if not number:
        raise _RefusedError("The file has no row.")


def row_error(row: int, error: Exception) -> RowError:
    """What is wrong with a row. msgspec says "… - at `$.field`", and names an unknown or missing field in its text."""
    message, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if not field and "field `" in message:
        field = message.partition("field `")[2].partition("`")[0]
    return RowError(row, field, message)


_row = msgspec.json.Decoder(Row)

"""One step of an import: as much of a file as a worker has time for. What is known of it says where to go on."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.catalog.imports import (
    ERRORS_MAX,
    FileReplacedError,
    Import,
    ImportStore,
    Progress,
    RowError,
    SentFile,
    StepQueue,
)
from chalicelib.catalog.model import Film
from chalicelib.feedback.bulk.keeping import Erased, Keeper, OutOfTimeError, keep
from chalicelib.feedback.bulk.lines import FileRefusedError
from chalicelib.feedback.bulk.rows import words_of
from chalicelib.feedback.bulk.sorting import Films, begun, judged, pieces_of, sort_round, unread
from chalicelib.feedback.model import FeedbackStore

log = logging.getLogger(__name__)

TRIES_MAX = 10  # of one step, while nothing is changed: a file that kills every worker is left alone


class Taking(NamedTuple):
    """What a step works with. `films` are all that are held, whether they may be shown or not."""

    store: ImportStore
    queue: StepQueue
    feedback: FeedbackStore
    films: Callable[[Sequence[str]], Mapping[str, Film]]
    erased: Erased
    most: int  # items of feedback one viewer may have
    clock: Callable[[], datetime]


def take_step(taking: Taking, import_id: str, has_time: Callable[[], bool], tries: int = 1) -> str:
    """Goes on with an import until it is over or there is no time left, and then has the next step taken. Returns what
    was done, for the log. May run twice, late, or die at any line.

    Raises:
        UnavailableError, FeedbackChangedError: what is needed does not answer; take this step again later.
    """
    store = taking.store
    held = store.find(import_id)
    if held is None or held.kind != "interactions":
        return "no such import"
    if held.state in ("done", "failed"):
        store.drop_file(import_id)
        return f"it is {held.state} already"
    try:
        if tries > TRIES_MAX and not (held.progress and held.progress.is_sorted):  # else a part of it is kept
            raise FileRefusedError(f"It could not be taken, {TRIES_MAX} times.")
        return _go_on(taking, import_id, held, has_time)
    except FileRefusedError as refused:
        return _failed(store, import_id, str(refused))
    except FileReplacedError:
        store.put(import_id, Import(state="waiting", kind=held.kind, language=held.language))
        return "another file came in its place"


def _go_on(taking: Taking, import_id: str, held: Import, has_time: Callable[[], bool]) -> str:
    file = taking.store.describe(import_id)
    if held.progress is None:
        if file is None:
            return "its file has not come yet"
        held = _noted(taking, import_id, held, begun(file))
    if held.progress and not held.progress.is_sorted:
        if file is None or file.etag != held.progress.etag:
            raise FileReplacedError(import_id)
        held = _sorted(taking, import_id, held, file, has_time)
    if held.progress and held.progress.is_sorted:
        held = _kept(taking, import_id, held, has_time)
    if held.state == "done":
        taking.store.drop_file(import_id)
        return f"{held.accepted} of {held.rows} rows are kept"
    taking.queue.send(import_id, f"{import_id}-{held.progress.steps if held.progress else 0}")
    return "more is left"


def _sorted(taking: Taking, import_id: str, held: Import, file: SentFile, has_time: Callable[[], bool]) -> Import:
    films = Films(taking.films)
    rounds = unread(taking.store, import_id, held, file)
    while has_time():
        lines = next(rounds, None)
        if lines is None:
            held = judged(held)
            return _noted(taking, import_id, held, held.progress)
        held = sort_round(taking.store, films, import_id, held, lines, taking.clock())
        held = _noted(taking, import_id, held, held.progress)
    return _noted(taking, import_id, held, held.progress)


def _kept(taking: Taking, import_id: str, held: Import, has_time: Callable[[], bool]) -> Import:
    """Part by part; each is noted when all of it is kept, and is not needed any more."""
    store = taking.store
    keeper = Keeper(taking.feedback, taking.films, taking.erased, held.language, taking.most, taking.clock, has_time)
    while (progress := held.progress) and progress.kept < progress.parts:
        pieces = pieces_of(progress, progress.kept)
        packed = b"".join(store.read_piece(import_id, name) for name in pieces)
        try:
            kept = keep(keeper, words_of(packed))
        except OutOfTimeError:
            return _noted(taking, import_id, held, progress)
        held = msgspec.structs.replace(
            held,
            accepted=held.accepted + kept.rows - len(kept.left_out),
            rejected=held.rejected + len(kept.left_out),
            errors=(*held.errors, *kept.left_out)[:ERRORS_MAX],
        )
        held = _noted(taking, import_id, held, msgspec.structs.replace(progress, kept=progress.kept + 1))
        store.drop_pieces(import_id, pieces)
    held = msgspec.structs.replace(held, state="done")
    return _noted(taking, import_id, held, held.progress)


def _noted(taking: Taking, import_id: str, held: Import, progress: Progress | None) -> Import:
    """What is known now, under another number than before."""
    if progress is None:
        raise ValueError("an import without progress has not begun")
    held = msgspec.structs.replace(
        held,
        state="done" if held.state == "done" else "running",
        begun_at=taking.clock(),
        progress=msgspec.structs.replace(progress, steps=progress.steps + 1),
    )
    taking.store.put(import_id, held)
    return held


def _failed(store: ImportStore, import_id: str, why: str) -> str:
    """Read anew: some rounds may have been noted since."""
    held = store.find(import_id) or Import(state="failed", kind="interactions")
    if (progress := held.progress) is not None:
        for part in range(progress.kept, progress.parts):
            store.drop_pieces(import_id, pieces_of(progress, part))
    errors = (*held.errors[: ERRORS_MAX - 1], RowError(0, "", why))
    store.put(import_id, msgspec.structs.replace(held, state="failed", errors=errors, progress=None))
    store.drop_file(import_id)
    return f"failed: {why}"

"""A viewer brings the history they have elsewhere: rated films become likes and dislikes here.

Films are found by IMDb id where the row and the catalogue have one, else by title and year. What was said here before
stays: an import never overrules a click.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.catalog.model import Film, part_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import Match, match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.compare_and_swap import Attempts
from chalicelib.feedback.history_rows import HistoryFormat, HistoryRow, read_history
from chalicelib.feedback.model import CONTRARY, Feedback, FeedbackChangedError, FeedbackStore
from chalicelib.language import Language
from chalicelib.settings import Settings

ATTEMPTS = 3  # as for a click: two on one film at once are rare


class ImportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row as the viewer will recognise it."""

    line: int
    title: str
    year: int | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A film that a row may mean."""

    film_id: str
    title: str
    year: int | None


class AmbiguousRow(ImportedRow, frozen=True, kw_only=True):
    """A row that several films answer equally well."""

    candidates: tuple[Candidate, ...]


class ImportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows: `imported` now carry a like or a dislike, `neutral` were found but rated neither way:
    they count as seen. `left_out` were found, and the viewer has no room for them: no one may judge more films."""

    imported: int
    neutral: int
    unmatched: tuple[ImportedRow, ...]
    ambiguous: tuple[AmbiguousRow, ...]
    left_out: tuple[ImportedRow, ...]


def import_history(
    store: FeedbackStore,
    catalog: Catalog,
    user_id: str,
    csv_text: str,
    kind: HistoryFormat,
    language: Language,
    now: datetime,
    *,
    unconfirmed: bool = False,
    most: int = Settings().judgements_max,
) -> ImportSummary:
    """Stores a like, a dislike or "seen" for each film found, with the day on which it was rated there where the file
    says so: the order of its rows then means nothing. Safe to repeat: the same rows give the same answer and state.
    `unconfirmed`, `most`: as for a click, and counted exactly; imports at the same moment do not see each other.

    Raises:
        InvalidInputError: the text is not such a history; nothing was stored.
        TooLargeError: more than 300 rows; nothing was stored.
        CatalogUnavailableError: the catalogue does not answer; nothing was stored.
        FeedbackChangedError: clicks kept changing a film; the rows before it are stored.
    """
    rows = read_history(csv_text, kind)
    matches = _match(catalog, rows)
    found = [(row, match.film) for row, match in zip(rows, matches, strict=True) if match.film]
    rated = {film.film_id: (row, film) for row, film in found}
    held = {item.film_id: item for item in store.list_all(user_id)} if rated else {}
    beyond = set([film_id for film_id in rated if film_id not in held][max(0, most - len(held)) :])
    taken = {film_id: one for film_id, one in rated.items() if film_id not in beyond}
    for place, (film_id, (row, film)) in enumerate(taken.items()):
        moment = now - timedelta(microseconds=place)
        kept = _feedback(row, film, language, moment, unconfirmed=unconfirmed)
        _put_unless_rated(store, user_id, kept, held.get(film_id))
    return ImportSummary(
        imported=sum(row.rating != "seen" for row, _ in taken.values()),
        neutral=sum(row.rating == "seen" for row, film in found if film.film_id in taken),
        unmatched=tuple(_imported(row) for row, match in zip(rows, matches, strict=True) if match.how == "none"),
        left_out=tuple(_imported(row) for row, film in found if film.film_id in beyond),
        ambiguous=tuple(
            AmbiguousRow(line=row.line, title=row.title, year=row.year, candidates=_candidates(match.others))
            for row, match in zip(rows, matches, strict=True)
            if match.how == "ambiguous"
        ),
    )


def _imported(row: HistoryRow) -> ImportedRow:
    return ImportedRow(line=row.line, title=row.title, year=row.year)


def _match(catalog: Catalog, rows: Sequence[HistoryRow]) -> list[Match]:
    """By id, then by title, then by original title."""
    by_id = catalog.find_by_source_ids([row.imdb_id for row in rows if row.imdb_id])
    matches: list[Match | None] = [Match(by_id[row.imdb_id], "title") if row.imdb_id in by_id else None for row in rows]
    _match_open(catalog, rows, matches, [row.title for row in rows])
    _match_open(catalog, rows, matches, [row.original_title for row in rows])
    return [match or Match(None, "none") for match in matches]


def _match_open(
    catalog: Catalog, rows: Sequence[HistoryRow], matches: list[Match | None], titles: Sequence[str | None]
) -> None:
    """Fills in matches by title for the rows that have none yet."""
    mentions = {
        place: Mention(title, rows[place].year)
        for place, (match, title) in enumerate(zip(matches, titles, strict=True))
        if title and (match is None or match.how == "none")
    }
    if mentions:
        for place, match in zip(mentions, match_titles(catalog, list(mentions.values())), strict=True):
            matches[place] = _unless_another_id(match, rows[place].imdb_id)


def _unless_another_id(match: Match, imdb_id: str | None) -> Match:
    """A film that IMDb knows by another id is another film, whatever it is called."""
    another = match.film and match.film.imdb_id and imdb_id and match.film.imdb_id != imdb_id
    return Match(None, "none") if another else match


def _put_unless_rated(store: FeedbackStore, user_id: str, item: Feedback, held: Feedback | None) -> None:
    """Stores the row beside a steer that is not contrary to it, never over a rating: what was said during the import
    was said by a click. A film on the watchlist stays there."""
    attempts = Attempts(ATTEMPTS, FeedbackChangedError)
    while True:
        with attempts:
            try:
                if held is None:
                    store.put(user_id, item, replaces=None)
                elif held.rating is None and (item.rating, held.steer) not in CONTRARY:
                    beside = msgspec.structs.replace(item, steer=held.steer, saved_at=held.saved_at)
                    store.put(user_id, beside, replaces=held)
                return
            except FeedbackChangedError:
                held = store.find(user_id, item.film_id)
                raise


def _feedback(row: HistoryRow, film: Film, language: Language, moment: datetime, *, unconfirmed: bool) -> Feedback:
    return part_of(Feedback, film, rating=row.rating, steer=None, updated_at=moment, language=language,
                   rated_at=row.rated_at, unconfirmed=unconfirmed, imported=False, saved_at=None)  # fmt: skip


def _candidates(films: Sequence[Film]) -> tuple[Candidate, ...]:
    return tuple(part_of(Candidate, film, title=film.titles.main) for film in films[:5])

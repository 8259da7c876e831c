"""From ranked films and the model's reply to a published list. Compare-and-swap: the loser starts over."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.model import FilmCard, part_of
from chalicelib.recommendations.model import RankedFilm, StoredFilm, StoredList, StoredReply, Taste
from chalicelib.recommendations.ranking.reasons import names_known


def stored_list(
    ranked: Sequence[RankedFilm],
    reply: StoredReply | None,
    taste: Taste,
    version: int,
    read_at: datetime,
    seen_until: datetime,
    now: datetime,
) -> StoredList:
    """The list as it is stored: film cards in all languages, the model's words where they name no film but the viewer's
    own, and the titles of the causes."""
    reasons = {pick.film_id: pick.reason for pick in reply.picks} if reply else {}
    liked = [film.titles for film in (*taste.liked, *taste.steered)]
    reasons = {
        one.film.film_id: said
        for one in ranked
        if (said := reasons.get(one.film.film_id)) and names_known(said, [*liked, one.film.titles])
    }
    films = tuple(
        stored_film(one, reasons.get(one.film.film_id), reply, place) for place, one in enumerate(ranked, start=1)
    )
    named = {film_id for film in films for film_id in film.because}
    titles = {film.film_id: film.titles for film in taste.liked + taste.steered if film.film_id in named}
    return StoredList(
        version=version,
        generated_at=now,
        read_at=read_at,
        seen_until=seen_until,
        taste_hash=taste.taste_hash,
        films=films,
        because_titles=titles,
    )


def stored_film(
    one: RankedFilm, reason: str | None = None, reply: StoredReply | None = None, place: int = 0
) -> StoredFilm:
    """The place of a list with this number; `reason` counts for the model's picks only."""
    own_words = reason if one.ground in ("model", "proposal") else None
    return StoredFilm(
        card=part_of(FilmCard, one.film),
        ground=one.ground,
        because=one.because,
        reason=own_words,
        reason_language=reply.language if own_words and reply else None,
        why=msgspec.structs.replace(one.why, rose=one.place - place) if one.why else None,
    )

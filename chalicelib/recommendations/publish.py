"""From ranked films and the model's reply to a published list. Compare-and-swap: the loser starts over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.catalog.model import Film, FilmCard, part_of
from chalicelib.recommendations.model import Ground, RankedFilm, StoredFilm, StoredList, StoredReply, Taste


def merge(
    ranked: Sequence[RankedFilm], reply: StoredReply | None, reply_films: Mapping[str, Film], taste: Taste
) -> list[RankedFilm]:
    """The model's picks first, in its order, then the fast list; nothing rated, nothing twice.

    A pick that the fast list holds too keeps the fast list's causes, so that it can say why in either language.
    """
    by_id = {one.film.film_id: one for one in ranked}
    merged: dict[str, RankedFilm] = {}
    top_score = ranked[0].score if ranked else 1.0
    for pick in reply.picks if reply else ():
        film = reply_films.get(pick.film_id)
        if film is None or pick.film_id in taste.rated or pick.film_id in merged:
            continue
        because = by_id[pick.film_id].because if pick.film_id in by_id else ()
        ground: Ground = "proposal" if pick.proposed else "model"
        merged[pick.film_id] = RankedFilm(film=film, score=top_score, because=because, ground=ground)
    for one in ranked:
        merged.setdefault(one.film.film_id, one)
    return list(merged.values())


def stored_list(
    ranked: Sequence[RankedFilm],
    reply: StoredReply | None,
    taste: Taste,
    version: int,
    read_at: datetime,
    seen_until: datetime,
    now: datetime,
) -> StoredList:
    """The list as it is stored: film cards in all languages, the model's words, and the titles of the causes."""
    reasons = {pick.film_id: pick.reason for pick in reply.picks} if reply else {}
    films = tuple(stored_film(one, reasons.get(one.film.film_id), reply) for one in ranked)
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


def stored_film(one: RankedFilm, reason: str | None = None, reply: StoredReply | None = None) -> StoredFilm:
    """A place of a list; `reason` counts for the model's picks only."""
    own_words = reason if one.ground in ("model", "proposal") else None
    return StoredFilm(
        card=part_of(FilmCard, one.film),
        ground=one.ground,
        because=one.because,
        reason=own_words,
        reason_language=reply.language if own_words and reply else None,
    )

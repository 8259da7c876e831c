"""What of a reply becomes picks: films offered to the model, and films it named that the catalogue really holds."""

from collections.abc import Collection

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import match_title
from chalicelib.recommendations.llm.reply import ReadReply
from chalicelib.recommendations.model import Pick


def accepted_picks(catalog: Catalog, read: ReadReply, rated: Collection[str]) -> tuple[Pick, ...]:
    """Picks in the model's order, then proposals that match exactly one film; nothing rated, nothing twice.

    A catalogue that fails costs the proposals, never the picks: the reply has been paid for.
    """
    picks = {film_id: Pick(film_id=film_id, reason=reason) for film_id, reason in read.picks if film_id not in rated}
    try:
        for title, year, reason in read.proposals:
            film = match_title(catalog, title, year).film
            if film and film.film_id not in rated:
                picks.setdefault(film.film_id, Pick(film_id=film.film_id, reason=reason, proposed=True))
    except CatalogUnavailableError:
        pass
    return tuple(picks.values())

"""A plan of wishes, carried out by the catalogue: which films meet it, best first.

Genres, years, people, country, length and age have to be met; words, what they mean, films to be like and the viewer's
taste order what meets them. Several orders are fused by reciprocal rank (Cormack, Clarke and Büttcher, Reciprocal Rank
Fusion outperforms Condorcet and individual Rank Learning Methods, SIGIR 2009).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.model import Film, FilmQuery, Showing
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.similarity import most_alike, tags_of
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.match import match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.titles.stems import stem, stems_of
from chalicelib.catalog.top import film_weight, popularity
from chalicelib.catalog.typed.kind_words import country_tag, find_genre, genre_tag
from chalicelib.recommendations.ranking.ties import ties_between
from chalicelib.recommendations.wishes.model import Kind, Plan, Wish, names_in, number, texts
from chalicelib.recommendations.wishes.names import likeliest
from chalicelib.recommendations.wishes.themes import Theme, themes

POOL = 400  # best known films that meet what has to be met; what orders them looks at no others
FOUND_BY_WORDS = 60
ALIKE = 120
UNLIKE = 30  # films most like one that nobody wants
FIRST_PLACES = 10  # of the reciprocal ranks: a place is worth 1 / (place + 10)
WEIGHTS = {"known": 1.0, "words": 2.0, "meaning": 2.0, "theme": 2.0, "like": 3.0, "taste": 0.7}
WORDS_ASKED = 5  # of a wish, and
WORD_WISHES_ASKED = 2  # so many wishes: what is said at length is no title

SOFTEST_FIRST: tuple[Kind, ...] = ("max_minutes", "genre", "age_limit", "year_from", "year_to", "country", "person")
"""In this order wishes are let go, the last said first, where no film meets all. What is refused never is, and an age
limit only beside a wish for children's films: of most of these nobody knows the rating, which counts as 16."""
CHILDREN = "Children"

type Order = Callable[[Sequence[Film]], Sequence[Film]]
"""Films in a viewer's order of taste; none of them where nothing is known of it."""


class Found(NamedTuple):
    """Films that meet the plan, best first; its wishes that were kept, and those let go because no film met all; ids
    of films that have more in common with a film of `like` than an era or a genre that most films have."""

    films: list[Film]
    kept: Plan
    dropped: Plan
    alike: frozenset[str] = frozenset()


def carry_out(
    catalog: Catalog,
    plan: Plan,
    rated: frozenset[str],
    in_order_of_taste: Order,
    limit: int,
    near: Sequence[str] = (),
) -> Found:
    """At most `limit` films, none of the rated ones. `catalog` shows what the viewer may see; `near` are ids of films
    near in meaning to the plan's words, nearest first.

    Where no film meets all that has to be met, one wish is let go, the softest that suffices; then several.

    Raises:
        CatalogUnavailableError: no films to be had.
    """
    named = _named_films(catalog, plan)
    meant = _each_known(catalog, near)
    known = tuple(wish for wish in plan if wish.kind not in ("like", "unlike") or wish in named)
    if not known:
        return Found([], (), plan)
    for kept in _ever_softer(known):
        pool = _pool(catalog, kept, {film.film_id for film in named.values()} | rated)
        if pool or not _is_hard(kept):
            films = _ordered(catalog, kept, pool, named, rated, in_order_of_taste, meant)
            if films or kept != known:
                dropped = tuple(wish for wish in plan if wish not in kept)
                return Found(films[:limit], kept, dropped, _alike(films[:limit], kept, named))
            return Found([], (), plan) if all(wish.kind == "words" for wish in kept) else Found([], kept, ())
    return Found([], (), plan)


def _alike(films: Sequence[Film], plan: Plan, named: Mapping[Wish, Film]) -> frozenset[str]:
    liked = [named[wish] for wish in plan if wish.kind == "like"]
    return frozenset(
        film.film_id for film in films if any(not tie.is_weak for one in liked for tie in ties_between(film, one))
    )


def _ever_softer(plan: Plan) -> Iterator[Plan]:
    """The plan, then without one wish, then without ever more of them."""
    yield plan
    is_for_children = any(has_genre(value, CHILDREN) for value in texts(plan, "genre"))
    soft = [wish for kind in SOFTEST_FIRST for wish in reversed(plan)
            if wish.kind == kind and (kind != "age_limit" or is_for_children)]  # fmt: skip
    for wish in soft:
        yield tuple(one for one in plan if one != wish)
    for count in range(2, len(soft) + 1):
        yield tuple(one for one in plan if one not in soft[:count])


def _is_hard(plan: Plan) -> bool:
    return any(wish.kind in SOFTEST_FIRST for wish in plan)


def _pool(catalog: Catalog, plan: Plan, without: Iterable[str]) -> list[Film]:
    """The best known films that meet what has to be met; all films meet a plan of words alone."""
    left_out = frozenset(without)
    if all(wish.kind == "words" for wish in plan) and not _themes(plan):
        return []
    return [
        film
        for film in catalog.search(_query(plan, limit=POOL)).films
        if film.film_id not in left_out and _is_short_enough(plan, film)
    ]


def _query(plan: Plan, text: str = "", limit: int = FOUND_BY_WORDS) -> FilmQuery:
    """What of the plan the catalogue can filter by."""
    groups = [_genre_tags(value) for value in texts(plan, "genre")]
    groups += [("p_" + "_".join(words(name)),) for name in texts(plan, "person")]
    alike = [country_tag(name) for value in texts(plan, "country") for name in names_in(value)]
    age = number(plan, "age_limit")
    return FilmQuery(
        text=text,
        tags=(*groups, *([tuple(alike)] if alike else [])),
        without_tags=tuple(tag for value in texts(plan, "not_genre") for tag in _genre_tags(value)),
        year_from=number(plan, "year_from"),
        year_to=number(plan, "year_to"),
        showing=None if age is None else Showing(at=datetime.now(UTC), age_limit=age),
        limit=limit,
    )


def _genre_tags(value: str) -> tuple[str, ...]:
    return tuple(tag for name in names_in(value) for tag in find_genre(words(name)) or (genre_tag(name),))


def is_met_by(plan: Plan, film: Film) -> bool:
    """Whether the film meets all that has to be met. What is not known of it does not."""
    asked = _query(plan)
    own = set(tags_of(film))
    return (
        (asked.year_from is None or (film.year or 0) >= asked.year_from)
        and (asked.year_to is None or (film.year is not None and film.year <= asked.year_to))
        and _is_short_enough(plan, film)
        and own.isdisjoint(asked.without_tags)
        and all(not own.isdisjoint(group) for group in asked.tags)
        and (asked.showing is None or is_shown(film, asked.showing))
    )


def _is_short_enough(plan: Plan, film: Film) -> bool:
    """What the catalogue cannot filter by."""
    most = number(plan, "max_minutes")
    return most is None or (film.runtime_minutes is not None and film.runtime_minutes <= most)


def _named_films(catalog: Catalog, plan: Plan) -> dict[Wish, Film]:
    """The films of `like` and `unlike`, by wish."""
    said = [wish for wish in plan if wish.kind in ("like", "unlike") and isinstance(wish.value, str)]
    matches = match_titles(catalog, [Mention(str(wish.value), None) for wish in said]) if said else []
    films = {wish: likeliest(match)
             for wish, match in zip(said, matches, strict=True)}  # fmt: skip
    return {wish: film for wish, film in films.items() if film is not None}


def _ordered(
    catalog: Catalog,
    plan: Plan,
    pool: Sequence[Film],
    named: Mapping[Wish, Film],
    rated: frozenset[str],
    in_order_of_taste: Order,
    meant: Sequence[Film],
) -> list[Film]:
    orders: list[tuple[str, Sequence[Film]]] = [("known", pool)]
    if worded := _found_by_words(catalog, plan):
        orders.append(("words", worded))
    if fitting := [film for film in meant if is_met_by(plan, film)]:
        orders.append(("meaning", fitting))
    for theme in _themes(plan):
        orders.append(("theme", _about(theme, [*pool, *worded])))
    liked = [named[wish] for wish in plan if wish.kind == "like"]
    if liked:
        similar = catalog.similar([film.film_id for film in liked], ALIKE)
        fitting = [film for film in similar if is_met_by(plan, film)]
        orders.append(("like", most_alike(liked, _each_once([*fitting, *pool]), ALIKE)))
    if not _is_hard(plan) and any(name in ("like", "words", "meaning") for name, _ in orders):
        orders[0] = "known", []  # the catalogue's best have nothing to do with it
    refused = {film.film_id for wish, film in named.items() if wish.kind in ("like", "unlike")} | rated
    disliked = [film.film_id for wish, film in named.items() if wish.kind == "unlike"]
    if disliked:
        refused |= {film.film_id for film in catalog.similar(disliked, UNLIKE)}
    films = {film.film_id: film for _, order in orders for film in order
             if film.film_id not in refused and _is_short_enough(plan, film)}  # fmt: skip
    orders.append(("taste", in_order_of_taste(list(films.values()))))
    worth: dict[str, float] = dict.fromkeys(films, 0.0)
    for name, order in orders:
        for place, film in enumerate(film for film in order if film.film_id in films):
            worth[film.film_id] += WEIGHTS[name] / (place + FIRST_PLACES)
    return sorted(films.values(), key=lambda film: (-worth[film.film_id], film.film_id))


def _found_by_words(catalog: Catalog, plan: Plan) -> list[Film]:
    """Films that have all the words of a wish, among those that meet the rest."""
    found: list[Film] = []
    for value in list(texts(plan, "words"))[:WORD_WISHES_ASKED]:
        said = words(value)
        if len(said) <= WORDS_ASKED:
            page = catalog.search(_query(plan, text=" ".join(said)))
            found += page.films if page.match == "all" else ()
    return _each_once(found)


def _themes(plan: Plan) -> list[Theme]:
    known = (themes().get(stems_of(value)) for value in texts(plan, "words"))
    return [theme for theme in known if theme]


def _about(theme: Theme, films: Iterable[Film]) -> list[Film]:
    """Films that are probably about it: by a word of a title first, then by genre; better known ones first."""
    scored = []
    for film in _each_once(films):
        of_kind = not set(theme.genres).isdisjoint(film.genres)
        titled = any(stem(word) in theme.title_stems for name in names_of(film) for word in words(name))
        if of_kind or titled:
            scored.append(
                (2 * (of_kind and titled) + of_kind + (film_weight(film) or 0.0) / 10 + popularity(film), film)
            )
    return [film for _, film in sorted(scored, key=lambda pair: (-pair[0], pair[1].film_id))]


def _each_known(catalog: Catalog, film_ids: Sequence[str]) -> list[Film]:
    """Those of the films that the catalogue holds and the viewer may see, in their order."""
    held = catalog.get_many(film_ids) if film_ids else {}
    return [held[film_id] for film_id in film_ids if film_id in held]


def _each_once(films: Iterable[Film]) -> list[Film]:
    return list({film.film_id: film for film in films}.values())


def has_genre(value: str, genre: str) -> bool:
    """Whether a wish's value names that genre of the catalogue's."""
    return genre_tag(genre) in _genre_tags(value)


def has_country(value: str, country: str) -> bool:
    """Whether a wish's value names that country of the catalogue's."""
    return country_tag(country) in map(country_tag, names_in(value))

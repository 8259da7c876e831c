"""The model's plan for a text: read tolerantly, and of its wishes those that make sense and that the catalogue knows.

Whatever the text or the model says, a plan holds genres, countries, numbers within bounds, films and people of the
catalogue, and words of the text itself. Nothing of it is ever carried out but by the catalogue.
"""

import unicodedata
from collections.abc import Callable, Mapping

from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.catalog.titles.stems import stems_of
from chalicelib.recommendations.llm.loose_json import parse_loosely
from chalicelib.recommendations.llm.port import ModelReply
from chalicelib.recommendations.llm.reply import title_and_year
from chalicelib.recommendations.wishes.lexicon import countries, genres
from chalicelib.recommendations.wishes.limits import class_of_age
from chalicelib.recommendations.wishes.model import NUMBERS, WISHES_MAX, Kind, Plan, Wish, names_in
from chalicelib.recommendations.wishes.names import find_person, likeliest, titled
from chalicelib.recommendations.wishes.themes import themes

NAMED_MAX = 6  # films and people: each is a search
ALIKE_MAX = 3  # genres or countries in one wish: who names more names none
LOOKED_AT = 3 * WISHES_MAX  # entries of a reply gone wrong
VALUE_CHARACTERS_MAX = 120
WORDS_MAX = 5
YEARS, MINUTES, AGES = range(1880, 2101), range(20, 601), range(19)
NEVER_LOST: frozenset[Kind] = frozenset({"year_from", "year_to", "max_minutes", "age_limit", "not_genre", "unlike"})
"""What the rules have heard of these stays where the model is silent: a limit, or what is refused."""


def proposed_plan(catalog: Catalog, reply: ModelReply, text: str) -> Plan:
    """What of the reply holds; empty where nothing does.

    Raises:
        CatalogUnavailableError: nobody can tell films and people.
    """
    if reply.finish_reason in ("blacklist", "length", "error"):
        return ()
    named = 0
    wishes: dict[tuple[Kind, str | int], Wish] = {}
    for entry in _entries(reply)[:LOOKED_AT]:
        if not isinstance(entry, dict):
            continue
        kind, said = entry.get("kind"), _plain(entry.get("value"))
        if not isinstance(kind, str) or (check := _CHECKS.get(kind)) is None or not said:
            continue
        if kind in ("like", "unlike", "person"):
            named += 1
            if named > NAMED_MAX:
                continue
        if (value := check(catalog, said, text)) is not None:
            wish = Wish(kind=kind, value=value, text=_said(entry.get("said"), text))  # type: ignore[arg-type]
            wishes.setdefault((wish.kind, wish.value), wish)
    return _consistent(tuple(wishes.values()))[:WISHES_MAX]


def with_rules(proposed: Plan, rules: Plan) -> Plan:
    """The model's plan, and of what the rules have heard the limits and refusals that it is silent about."""
    heard = {wish.kind for wish in proposed}
    kept = [wish for wish in rules if wish.kind in NEVER_LOST - heard]
    return _consistent((*kept, *proposed))[:WISHES_MAX]


def _entries(reply: ModelReply) -> list[object]:
    found: object = reply.arguments
    if found is None or isinstance(found, str):
        found = parse_loosely(found or reply.content)
    for _ in range(2):  # {"name": …, "arguments": {…}} written out as text
        if isinstance(found, dict) and "wishes" not in found and "arguments" in found:
            found = found["arguments"]
        if isinstance(found, str):
            found = parse_loosely(found)
    if isinstance(found, dict):
        found = found.get("wishes")
    if isinstance(found, str):
        found = parse_loosely(found)
    return found if isinstance(found, list) else []


def _plain(value: object) -> str:
    """A value as text on one line, folded as it will be read; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = " ".join(unicodedata.normalize("NFKC", str(value)).split())
    return text if len(text) <= VALUE_CHARACTERS_MAX and text.isprintable() else ""


def _said(said: object, text: str) -> str:
    """The words it was taken from, as they stand in the text; empty where the model names others."""
    start = text.casefold().find(said.casefold()) if isinstance(said, str) and said.strip() else -1
    found = text[start : start + len(said)] if start >= 0 and isinstance(said, str) else ""
    return found if isinstance(said, str) and found.casefold() == said.casefold() else ""


type Check = Callable[[Catalog, str, str], str | int | None]
"""A wish's value as the catalogue's side has it; None: it makes no sense, or nobody there is called so."""


def _film(catalog: Catalog, said: str, _: str) -> str | None:
    title, year = title_and_year(said)
    film = likeliest(match_titles(catalog, [Mention(title, year)])[0]) if title else None
    return titled(film) if film else None


def _person(catalog: Catalog, said: str, _: str) -> str | None:
    return find_person(catalog, said)


def _listed(names: Callable[[], Mapping[tuple[str, ...], str]]) -> Check:
    def check(_: Catalog, said: str, __: str) -> str | None:
        known = [names().get(stems_of(one)) for one in names_in(said)]
        return ", ".join(dict.fromkeys(filter(None, known))) if 0 < len(known) <= ALIKE_MAX and all(known) else None

    return check


def _number(within: range, then: Callable[[int], int] = int) -> Check:
    def check(_: Catalog, said: str, __: str) -> int | None:
        digits = said.rstrip("+").removesuffix(".0")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else -1
        return then(number) if number in within else None

    return check


def _words(_: Catalog, said: str, text: str) -> str | None:
    """Words of the text itself, or what a theme is called: nobody else's reach a search."""
    stems = stems_of(said)
    is_of_text = set(stems) <= set(stems_of(text)) and len(stems) <= WORDS_MAX
    return said.casefold() if stems and (is_of_text or stems in themes()) else None


_CHECKS: Mapping[str, Check] = {
    "like": _film,
    "unlike": _film,
    "person": _person,
    "genre": _listed(genres),
    "not_genre": _listed(genres),
    "country": _listed(countries),
    "year_from": _number(YEARS),
    "year_to": _number(YEARS),
    "max_minutes": _number(MINUTES),
    "age_limit": _number(AGES, class_of_age),
    "words": _words,
}


def _consistent(plan: Plan) -> Plan:
    """Without wishes that contradict another: a genre that is refused too, a film that others shall not be like, years
    that end before they begin, a second number of a kind."""
    first: dict[Kind, int] = {}
    for wish in plan:
        if wish.kind in NUMBERS and isinstance(wish.value, int):
            first.setdefault(wish.kind, wish.value)
    is_backwards = first.get("year_from", YEARS[0]) > first.get("year_to", YEARS[-1])
    refused = {name for wish in plan if wish.kind == "not_genre" for name in names_in(str(wish.value))}
    unlike = {wish.value for wish in plan if wish.kind == "unlike"}
    return tuple(
        wish
        for wish in plan
        if not (wish.kind in NUMBERS and wish.value != first[wish.kind])
        and not (wish.kind in ("year_from", "year_to") and is_backwards)
        and not (wish.kind == "genre" and refused.intersection(names_in(str(wish.value))))
        and not (wish.kind == "like" and wish.value in unlike)
    )

"""What requests are understood as, and which films they bring, as it was when last looked at: see `tests/kept`."""

import random
from collections.abc import Iterator, Sequence

import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.language import Language
from chalicelib.recommendations.wishes.carrying_out import carry_out
from chalicelib.recommendations.wishes.model import Kind, Plan, Wish
from chalicelib.recommendations.wishes.proposed import proposed_plan, with_rules
from chalicelib.recommendations.wishes.reasons import reason
from chalicelib.recommendations.wishes.understand import is_whole, understand
from tests.asking.judging import HALVES, judged_requests
from tests.factories import film
from tests.kept import assert_kept
from tests.text_lanes import wishes
from tests.unit.recommendations.wishes.conftest import FILMS
from tests.various_films import various_films

REQUESTS = [one.text for half in HALVES for one in judged_requests(half)]
SAID = (  # what stands just on one side of a rule
    *(f"{cue} 1990" for cue in ("after", "before", "since", "until", "not before", "nothing after", "from", "up to",
                                "после", "до", "с", "по", "не раньше", "не позже", "новее", "старше", "no newer than")),
    *(f"{cue} 80s" for cue in ("after the", "before the", "since the", "early", "mid", "late", "not after the")),
    *(f"{cue} 90-х" for cue in ("после", "до", "начала", "середины", "конца", "с", "не позже")),
    "1880", "1879", "1899 or 1900", "2049", "2050", "80-90-х", "20-30-х", "from the 70s to the 90s", "1990 or later",
    "1970 or older", "с 60-х по 80-е", "двухтысячных", "десятых", "двадцатых", "nineties or noughties", "90s and 2000s",
    *(f"{cue} {length}" for cue in ("under", "at most", "longer than", "не длиннее", "короче")
      for length in ("90 minutes", "2 hours", "an hour", "an hour and a half", "1 hour 40 minutes", "1h45", "1.5 часа",
                     "1 , 5 часа", "полутора часов", "100 мин", "часа двадцати")),
    "минут на 70", "часа на 2", "not too long", "short but under 100 minutes", "коротенький, не длинный",
    *(f"для ребёнка {age} лет" for age in (0, 1, 5, 6, 7, 11, 12, 13, 15, 16, 17, 18, 40)),
    *(f"for kids under {age}" for age in (1, 6, 7, 12, 13)), "kids are 4 and 8", "6 +", "18+", "7+", "rated g", "pg",
    "rated pg-13", "no r rated films", "про детей", "not for children", "с подростками", "for teens", "for families",
    "пятилетнему сыну", "10yo daughter", "children under 12", "boys aged 9", "детям от 3",
    "comedy or drama", "comedy and drama", "not comedy or drama", "not a romantic comedy", "комедия, но не драма",
    "anything but horror", "not only horror", "не только ужасы", "без войны и ужасов", "no horror, comedy",
    "not with Tom Hanks but with Brad Pitt", "without any of the usual horror", "film noir or western", "hate musicals",
    "французский или итальянский", "not French", "not French comedy", "South Korean or Japanese horror",
    "like Alien", "like Alien and Aliens", "not like Alien", "nothing like Alien", "something like alien", "I like it",
    "would like Alien", "i'd like Home Alone", "like «Home Alone» or so", "like « »", "like “Toy Story", "вроде Чужих",
    "like a comedy", "like Murray films", "like the", "похоже на Сталкера и Солярис", "as good as Stalker",
    "люблю Alien",
    "like Alien (1979)", "like Operation", "like Ghostbusters but not horror", "similar to groundhog", "типа один дома",
    "like Toy Story, under 90 minutes, not for kids", "similar to Saga 0 Part 2", "like Film 13", "Film 5", "film 5",
    "Alien", "Aliens", "Чужой", "Чужие", "Один дома", "одного дома", "Чужого", "Home", "Groundhog day", "Morozko!",
    "Murray", "murray", "Bill", "with Bill", "bill murray thriller", "a murray comedy", "James Murray", "Ivan Murray",
    "с Биллом Мюрреем", "Мюррей", "with Tom Hanks and Brad Pitt", "tarkovsky films", "Андрей Тарковский",
    "Tom Hanks jr",
    "films by Kubrick and Hitchcock and Allen and Kurosawa and Bergman and Hanks", "x", "ab", "Tom", "1 2 3",
    "Director 5",
    "with Actor 7", "Actor 77", "Saint-Exupéry", "Samuel L. Jackson", "Louis de Funes", "де Фюнес", "с Луи де Фюнесом",
    "новый год", "new year", "time travel", "space", "про космос и про любовь", "heist in space with robots and dogs",
    "one two three four five six", "red, green, blue, white, black, yellow", "war", "world war", "zombie horror comedy",
    "vampires or witches", "a a a", "«»", "and", "not", "not not comedy", "comedy comedy", "Comedy. Drama; horror!",
)  # fmt: skip


def _held() -> Iterator[Film]:
    """What the requests name, and films of every kind."""
    lot = random.Random(4)
    judged = [part for half in HALVES for one in judged_requests(half) for part in (*one.constraints, *one.wanted)]
    people = sorted({part[2:] for part in judged if part.startswith("p:")})
    named = {title for part in judged if "f:" in part for title in part.rpartition("f:")[2].split("/")}
    yield from FILMS
    known = {one.titles.main for one in FILMS}
    for title in sorted(named):
        name, _, year = title.rpartition(" ")
        if name not in known:
            yield film(name, year=int(year), imdb_votes=lot.choice((500, 90_000, 900_000)), imdb_rating=7.5,
                       genres=("Drama", "Crime"), runtime_minutes=lot.choice((None, 80, 90, 91, 121)))  # fmt: skip
    for number, one in enumerate(various_films(90)):
        who = lot.sample(people, 2)
        yield msgspec.structs.replace(
            one, directors=(*one.directors, who[0]), actors=(*one.actors, who[1]),
            runtime_minutes=(None, 60, 89, 90, 91, 119, 120, 121, 150)[number % 9],
        )  # fmt: skip


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path_factory.mktemp('kept') / 'catalog.sqlite'}")
    catalog.replace_all(_held())
    return catalog


def _said(plan: Plan) -> list[list[object]]:
    return [[wish.kind, wish.value, wish.text] for wish in plan]


def _in_reverse(films: Sequence[Film]) -> Sequence[Film]:
    return sorted(films, key=lambda one: one.titles.main, reverse=True)


def test_requests_are_understood_as_kept(held: Catalog) -> None:
    found = {text: [*_said(plan), [is_whole(plan)]] for text in (*REQUESTS, *SAID) if (plan := understand(held, text))}
    assert_kept("plans", found)


def test_requests_bring_the_films_kept(held: Catalog) -> None:
    found: dict[str, object] = {}
    for number, text in enumerate((*REQUESTS[::2], *SAID[::3])):
        plan = understand(held, text)
        rated = frozenset(one.film_id for one in FILMS[: number % 3])
        answer = carry_out(held, plan, rated, _in_reverse if number % 2 else lambda _: (), 9)
        language: Language = "en" if number % 2 else "ru"
        told = [reason(one, answer.kept, language, is_alike=one.film_id in answer.alike) for one in answer.films[:3]]
        found[text] = [[one.titles.main for one in answer.films], [wish.kind for wish in answer.dropped], told]
    assert_kept("films asked for", found)


def test_wishes_of_a_model_are_accepted_as_kept(held: Catalog) -> None:
    lot = random.Random(3)
    values: dict[Kind, tuple[object, ...]] = {
        "like": ("Alien", "Чужой (1979)", "Nobody's Film"), "unlike": ("Aliens", "Alien"),
        "person": ("Bill Murray", "Нет"),
        "genre": ("Comedy", "комедия, драма", "Horror, War, Drama, Comedy"), "not_genre": ("Horror", "Comedy",
        "Nothing"),
        "country": ("France", "СССР, Japan"), "year_from": (1879, 1880, 1990, "2000"), "year_to": (1990, 2100, 2101),
        "max_minutes": (19, 20, 600, 601, "90"), "age_limit": (0, 7, 18, 19, "12+"), "words": ("robots", "про роботов"),
    }  # fmt: skip
    found = {}
    for number in range(60):
        kinds = [lot.choice(sorted(values)) for _ in range(lot.choice((1, 3, 6, 30)))]
        said = [(kind, lot.choice(values[kind])) for kind in kinds]
        plan = proposed_plan(held, wishes(*said), "robots, роботов, like Alien")
        heard: tuple[tuple[Kind, str | int], ...] = (
            ("year_from", 1985), ("genre", "War"), ("not_genre", "Drama"), ("max_minutes", 100), ("words", "x"),
        )  # fmt: skip
        rules = tuple(Wish(kind=kind, value=value) for kind, value in heard)
        found[str(number)] = [_said(plan), _said(with_rules(plan, rules))]
    assert_kept("proposed plans", found)

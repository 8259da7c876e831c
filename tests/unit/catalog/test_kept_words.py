"""How titles and typed words are read, compared and matched, as it was when last looked at: see `tests/kept`."""

import random
from collections.abc import Callable, Iterable

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.similarity import blended, most_alike, tags_compared, tags_of, title_stems
from chalicelib.catalog.titles import aliases, fuzzy, normalize
from chalicelib.catalog.titles.match import Match, match_titles
from chalicelib.catalog.titles.mentions import Mention, readings_of
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import film_weight, newest_films, novelty, popularity
from chalicelib.catalog.typed import spoken, transcription
from chalicelib.catalog.typed.layout import on_other_layout
from chalicelib.catalog.typed.reading import slips_allowed, title_slips_allowed, tries_of
from tests.fakes import FakeCatalog
from tests.judged_films import all_judged, judged_films
from tests.kept import assert_kept
from tests.various_films import various_films

TITLES = (
    "Alien", "Aliens", "Alien 3", "Alien³", "The Alien", "Alien, The", "Al", "Water", "Waiter", "Waters", "Wateer", "9",
    "Nine", "Nine 2", "Project A", "Project X", "Охотник", "Охотники", "Охота", "Ice Age 4: Continental Drift",
    "Ice Age: Continental Drift", "Ice Age 5: Continental Drift", "Halloween 5", "Halloween 5: The Revenge",
    "Halloween: The Revenge", "Star Wars: A New Hope", "A New Hope", "Star Wars: Episode IV - A New Hope", "New Hope",
    "Superman/Batman: Public Enemies", "Public Enemies", "Zathura: A Space Adventure", "Zathura", "Zathur", "E.T.",
    "Lord of the Rings", "The Lord of a Ring", "Lord and Rings of War", "The Good, the Bad and the Ugly",
    "Good Bad Ugly", "The Godfather: Part II", "Godfather 2", "The Godfather Part Two", "Limitless", "Лимитлесс",
    "Области тьмы (Limitless)", "Круэлла - Cruella", "Круэлла", "Cruella", "Amélie", "Amelie", "Le Fabuleux destin",
    "Destin, Le", "WALL·E", "Wall-E", "Se7en", "Seven", "Семь", "7", "2001: A Space Odyssey", "Ёлки 2", "Елки 2",
    "Interstellar", "Intersteller", "Interstelar", "The Shawshank Redemption", "The Shawshenk Redemtion",
    "The Shawshank Redemption Story", "Терминатор 2: Судный день", "Терминатор 2", "Терминатор: Судный день",
    "Judgment Day", "Kill Bill: Vol. 2", "Kill Bill 2", "Rocky IV", "Rocky 4", "Rocky", "Rock", "Rocks", "Roky", "",
    "!!!", "Movie (1999)", "A B C", "The", "La Haine / Ненависть", "Haine, La", "Bratya Karamazovy",
    "Братья Карамазовы",
)  # fmt: skip
MENTIONS = (
    "1. Alien (1979)", "1) «Чужой» (1979)", "- Alien, 1979", "фильм «Сталкер» 1979 года", "The film Alien",
    "Alien (film)",
    "Alien film", "Alien 3D", "Teh Cell", "Cell, hte", "Чужой / Alien (1979)", "Чужой (Alien), 1979", "Alien | Чужой",
    "«Чужой» - Alien 1979", "1979 Alien", "1979, Alien", "2012", "1984 (1956)", "Blade Runner 2049",
    "2001: Odyssey 1968",
    "Alien (1979, Ridley Scott)", "Alien [1979]", "[Alien]", "\"Alien\"", "'Alien'", "Alien (aka Чужой)", "м/ф Ёжик",
    "Alien; 1979 г.", "Alien - 1979 - horror", "#5 Alien", "№5. Alien", "Alien, movie", "film", "фильм", "(1979)",
    "A (B) (C)",
    "Movie: Alien", "Alien, The (1979)", "Бегущий по лезвию 2049 (2017)", "Ред / Red / Rouge", "Alien (1799)",
    "10 000 BC",
    "1917", "300 (2006)", "Se7en 1995", "Тачки 2 (мультфильм)", "х/ф Брат", "Alien 1979 film", "Alien — 1979",
    "Alien.1979",
)  # fmt: skip
WORDS = ("a", "ab", "matrix", "матрица", "киану", "keanu", "ривз", "reeves", "дикаприо", "dicaprio", "шварценеггер",
         "schwarzenegger", "hitchcock", "хичкок", "юэн", "ewan", "lefty", "райан", "ryan", "хэнкс", "hanks", "12",
         "мюррей",
         "murray", "джонни", "johnny", "depp", "депп", "бергман", "bergman", "funes", "фюнес", "уиллис", "willis",
         "quentin", "квентин", "tsoi", "цой", "жан", "jean", "x", "зета", "zeta", "бекинсейл",
         "beckinsale")  # fmt: skip


def pairs(of: Iterable[str]) -> list[tuple[str, str]]:
    several = list(of)
    return [(one, other) for one in several for other in several if one != other]


def told(match: Match) -> list[object]:
    name = f"{match.film.titles.main} {match.film.year}" if match.film else None
    return [match.how, name, len(match.others)]


def test_titles_are_folded_and_keyed_as_kept() -> None:
    ways: tuple[Callable[[str], object], ...] = (
        normalize.fold, normalize.title_words, normalize.sound_key, normalize.natural_order, aliases.searchable,
        aliases.raw_key, aliases.forms_of, aliases.joined_languages, aliases.parts_of, title_stems, on_other_layout,
    )  # fmt: skip
    found = {title: [[way.__name__, way(title)] for way in ways] for title in TITLES}
    found |= {f"{title}: looked up": [["", sorted(aliases.lookup_keys(title)), slips_allowed(title),
              title_slips_allowed(title, is_every=True), title_slips_allowed(title, is_every=False)]]
              for title in TITLES}  # fmt: skip
    assert_kept("titles", found)


def test_pairs_of_titles_are_compared_as_kept() -> None:
    found = {}
    for one, other in pairs(TITLES):
        slips = [fuzzy.slip_distance(one, other, year_known=known) for known in (True, False)]
        ways = (fuzzy.differs_in_form, fuzzy.same_but_numbering, fuzzy.same_subtitle, fuzzy.is_head_of,
                fuzzy.same_but_small_words)  # fmt: skip
        same = [way.__name__ for way in ways if way(one, other)]
        if same or min(slips) < fuzzy.FAR:
            found[f"{one} | {other}"] = [*slips, *same]
    found["short"] = [title for title in TITLES if fuzzy.is_short(title)]
    assert_kept("pairs of titles", found)


def test_mentions_are_read_and_matched_as_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path_factory.mktemp('kept') / 'catalog.sqlite'}")
    catalog.replace_all(judged_films())
    found: dict[str, object] = {said: [[*reading] for reading in readings_of(Mention(said, None))] for said in MENTIONS}
    lot = random.Random(2)
    judged = [one for one in all_judged() if one.title]
    mentions = [
        Mention(one.query, lot.choice((None, one.year - 2, one.year - 1, one.year, one.year + 1))) for one in judged
    ]
    mentions += [
        Mention(f"{one.title} ({one.query})", lot.choice((None, one.year - 1, one.year))) for one in judged[::2]
    ]
    mentions += [Mention(f"{one.title[1:]}", one.year) for one in judged[::3]]
    mentions += [Mention(f"{number}. {one.title} {one.year}", None) for number, one in enumerate(judged[::4])]
    found |= {f"{said.text}, {said.year}": told(match)
              for said, match in zip(mentions, match_titles(catalog, mentions), strict=True)}  # fmt: skip
    assert_kept("mentions", found)


def test_typed_words_are_read_as_kept() -> None:
    found: dict[str, object] = {}
    for one in all_judged()[::4]:
        found[one.query] = [
            [each.number,
            " ".join(f"{' '.join(term.words)}{list(term.tags) or ''}{'?' * term.is_name}" for term in each.terms),
             "".join(str(int(flag)) for flag in (each.slips, each.heard, each.titled, each.sure, each.is_every,
                                                 each.is_literal, each.is_about_people, each.is_about_kinds))]
            for each in tries_of(one.query)
        ]  # fmt: skip
    assert_kept("typed", found)


def test_names_are_heard_as_kept() -> None:
    found: dict[str, object] = {}
    for word in WORDS:
        alike = spoken.alike(word, WORDS)
        found[word] = [
            stem(word), sorted(spoken.keys_of_name(word)), sorted(spoken.keys_asked_for(word)),
            sorted(spoken.keys_spelled_as(word)), transcription.bare(word), sorted(transcription.romanised(word)),
            alike,
            spoken.names_meant(word, alike), spoken.names_meant(word, alike, sure=True),
        ]  # fmt: skip
    people = [person for film in judged_films() for person in (*film.directors, *film.actors)]
    parts = {part for person in people for part in normalize.words(person)}
    for said in ("киану ривз", "джонни деп", "ди каприо", "ривс", "de niro", "жан рено", "тарковский", "куросава"):
        heard = [spoken.alike(word, parts) for word in said.split()]
        meant = [spoken.people_meant(people, heard, sure=sure) for sure in (False, True)]
        found[said] = [spoken.joined(said.split()), *meant]
    assert_kept("names", found)


def test_films_are_alike_as_kept() -> None:
    films = [*various_films(120), *judged_films()[:60]]
    found: dict[str, object] = {}
    for place in range(0, 120, 8):
        asked = films[place : place + 1 + place % 3]
        alike = most_alike(asked, films, 15)
        beside = films[place % 7 :: 11]
        found[f"{place}: alike"] = [films.index(one) for one in alike]
        found[f"{place}: blended"] = [films.index(one) for one in blended(asked[0], alike, beside, 12)]
        found[f"{place}: tags"] = [tags_of(asked[0]), tags_compared(asked)]
        found[f"{place}: known"] = [film_weight(asked[0]), novelty(asked[0]), popularity(asked[0])]
    found["newest"] = [films.index(one) for one in newest_films(FakeCatalog(films), 8)]
    assert_kept("alike", found)

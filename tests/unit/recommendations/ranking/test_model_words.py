"""The model's words hold by the catalogue, or are not shown."""

import pytest

from chalicelib.catalog.model import KnownFilm
from chalicelib.recommendations.ranking.model_words import hold, hold_of_taste, named_liked
from tests.factories import film, titles

FILM = film("Stalker", title_ru="Сталкер", year=1979, genres=("Drama", "Sci-Fi"), directors=("Andrei Tarkovsky",),
            actors=("Anatoly Solonitsyn",), countries=("Soviet Union",))  # fmt: skip
ALIEN = KnownFilm(film_id="alien", titles=titles("Alien", ru="Чужой", en="Alien"), year=1986)
IT = KnownFilm(film_id="it", titles=titles("It", ru="Оно", en="It"), year=2017)
ALIENS = film("Alien", film_id="alien", genres=("Horror",), directors=("James Cameron",), year=1986)
KNOWN = {"alien": ALIENS}


@pytest.mark.parametrize(
    "words",
    [
        "По духу рядом с фильмом «Чужой».",
        "Как «Чужой», это фантастика, от которой не по себе.",
        "Сильный фильм.",
        "Фантастика 1970-х, которая вам понравится после «Чужой».",
        "Драма 1979 года.",
        "Close in spirit to Alien, with the drama you enjoy.",
        "The same dread as in Alien, horror and all, by Andrei Tarkovsky.",
        "A film of the 70s by Tarkovsky. It stays with you, GigaChat thinks.",
        "For friends of James Cameron and Alien.",
        "Think of it as a quiet Stalker.",
    ],
)
def test_words_hold_when_all_they_name_is_known(words: str) -> None:
    assert hold(words, FILM, [ALIEN, IT], KNOWN)


@pytest.mark.parametrize(
    "words",
    [
        "По духу рядом с фильмом «Звонок».",  # no film of the viewer's
        "Close in spirit to Jaws.",
        "Комедия, как «Чужой».",
        "A western after Alien.",
        "Фильм 1985 года.",
        "A film of the 80s.",
        "Кино 60-х годов.",
        "Снял Кристофер Нолан.",
        "With the wonderful Tom Hanks.",
        "From France, like Alien.",
        "For friends of James Cameron.",  # he made the liked film, not this one
        "A horror film.",
    ],
)
def test_words_do_not_hold_when_something_in_them_is_another_films(words: str) -> None:
    assert not hold(words, FILM, [ALIEN, IT], KNOWN)


def test_a_liked_film_is_named_by_quotes_or_by_its_title_but_not_by_a_word() -> None:
    liked = [ALIEN, IT]
    assert named_liked("Как «чужой» и «Оно».", liked) == [ALIEN, IT]
    assert named_liked("Close to Alien, and it is short.", liked) == [ALIEN]
    assert named_liked("Alienated people; It is long.", liked) == []


SOLARIS = film("Solaris", film_id="solaris", title_ru="Солярис", genres=("Drama", "Sci-Fi"), year=1972,
               directors=("Andrei Tarkovsky",), countries=("Soviet Union",))  # fmt: skip
LIKED = [ALIEN, KnownFilm(film_id="solaris", titles=SOLARIS.titles, year=1972)]
HELD = KNOWN | {"solaris": SOLARIS}


@pytest.mark.parametrize(
    "words",
    [
        "Вам близка неспешная фантастика: «Солярис» и «Чужой».",
        "Чаще всего это советские драмы семидесятых, снятые с долгим взглядом.",
        "You like science fiction of the 70s and the 1980s, with a dread of its own.",
        "Alien and Solaris have little in common but space, and that is the point.",
        "Films of Andrei Tarkovsky, Soviet drama above all.",
        "Вам по душе история, которая никуда не спешит.",
    ],
)
def test_a_sentence_on_a_taste_holds_when_all_it_names_is_true_of_films_liked(words: str) -> None:
    assert hold_of_taste(words, LIKED, HELD)


@pytest.mark.parametrize(
    "words",
    [
        "Вам близки «Солярис» и «Сталкер».",  # not liked
        "Вы любите комедии и фантастику.",
        "Вы любите французское кино.",
        "You like French cinema most.",
        "Вам по душе кино 2010-х годов.",
        "Фильмы 1999 года вам ближе всего.",
        "Вы поставили 37 отметок за неделю.",
        "Your films are by Steven Spielberg.",
        "Вы смотрите только Никиту Михалкова.",
        "A fan of Alien and of Jaws.",
    ],
)
def test_a_sentence_on_a_taste_does_not_hold_when_it_names_anything_else(words: str) -> None:
    assert not hold_of_taste(words, LIKED, HELD)


def test_a_genre_or_country_is_nobodys_while_the_catalogue_tells_nothing() -> None:
    assert not hold_of_taste("Вам близка советская фантастика.", LIKED, {})
    assert hold_of_taste("Вам близок «Солярис».", LIKED, {})

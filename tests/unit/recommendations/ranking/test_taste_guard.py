"""What a taste says against a film, with few likes and with many."""

from chalicelib.catalog.model import Film
from chalicelib.recommendations.ranking.taste_guard import Guard, doubt, guard_of, refuses
from tests.factories import film

FAMILY = [film(f"Cub {n}", genres=("Animation", "Children"), year=1995 + n, imdb_rating=8.0) for n in range(4)]
DARK = film("Dark", genres=("Crime", "Thriller"), year=1995, imdb_rating=8.6)
CARTOON = film("Cartoon", genres=("Animation", "Children", "Comedy"), year=1999, imdb_rating=7.5)
POOL = [
    *FAMILY, DARK, CARTOON,
    *(film(f"Drama {n}", genres=("Drama",), year=1990 + n) for n in range(12)),
    *(film(f"Comedy {n}", genres=("Comedy",), year=1990 + n) for n in range(9)),
    *(film(f"War {n}", genres=("War", "Drama"), year=1990 + n) for n in range(2)),
]  # fmt: skip


def _guard(*liked: Film) -> Guard:
    return guard_of(liked, POOL)


def test_a_famous_film_of_another_kind_is_refused_when_all_likes_are_for_children() -> None:
    guard = _guard(*FAMILY)
    assert refuses(doubt(guard, DARK))
    assert not refuses(doubt(guard, CARTOON))


def test_a_cartoon_for_adults_is_no_company_for_children() -> None:
    mean = {"genres": ("Animation", "Comedy"), "year": 1999, "imdb_rating": 7.7}
    for age, is_refused in ((None, False), (12, False), (16, True), (18, True)):
        assert refuses(doubt(_guard(*FAMILY), film("Mean Park", age_rating=age, **mean))) is is_refused
    grown = _guard(*(film(f"Mean {n}", age_rating=16, **mean) for n in range(4)))
    assert not grown.family
    assert not refuses(doubt(grown, film("Adult Comedy", genres=("Comedy",), year=2000, imdb_rating=7.0)))


def test_the_same_film_is_welcome_when_a_like_is_of_its_kind() -> None:
    assert not refuses(doubt(_guard(film("Heist", genres=("Crime", "Thriller"), year=1994)), DARK))


def test_the_guard_speaks_lower_when_many_likes_speak_for_themselves() -> None:
    many = [film(f"Many {n}", genres=("Animation", "Children"), year=1990 + n) for n in range(60)]
    assert doubt(_guard(*many), DARK) < 0.2 < doubt(_guard(*FAMILY), DARK)


def test_a_poorly_rated_film_is_refused_when_the_likes_are_of_good_films() -> None:
    poor = film("Poor", genres=("Animation", "Children"), year=1997, imdb_rating=4.4)
    assert refuses(doubt(_guard(*FAMILY), poor))


def test_nothing_is_doubted_when_nothing_is_known() -> None:
    assert doubt(_guard(), DARK) == 0.0
    assert doubt(_guard(*FAMILY), film("Bare", genres=(), year=None)) == 0.0


def test_shared_people_speak_for_a_film_when_its_genre_is_new() -> None:
    liked = [film("First", genres=("Comedy",), directors=("Anna Ost",), year=1995)]
    other = film("Second", genres=("War", "Drama"), directors=("Anna Ost",), year=1996)
    assert doubt(_guard(*liked), other) < doubt(_guard(*liked), film("Third", genres=("War", "Drama"), year=1996))

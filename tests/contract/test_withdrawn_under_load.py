"""A film that is withdrawn is on no route from 30 s after its `DELETE`, whatever is read and changed meanwhile.

A minute of the product at its own pace: ten workers of the API with a snapshot each and five that change films, 5
changes a second, folding on the way, all on one bucket. The clock stands still while readers and writers work through
a second in real threads, and is moved then; so a minute takes some seconds, and half a minute is exactly that.
"""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import boto3
import pytest
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.change_films import FilmBody, put_film, withdraw_film
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.films import FilmDetails, get_film, similar_films, titles_by_ids
from chalicelib.catalog.model import Film, FilmNotFoundError, FilmQuery, Sort
from chalicelib.catalog.search import search_films
from chalicelib.catalog.shown import shown_to
from chalicelib.catalog.top import top_films
from chalicelib.recommendations.home import home_page
from chalicelib.recommendations.model import RankedFilm, StoredList
from chalicelib.recommendations.publish import stored_film
from tests.aws import nobodys_account, one_request_at_a_time
from tests.contract.catalog_contract import film
from tests.factories import NOW
from tests.fake_lanes import FakeRecommendationStore
from tests.fakes import FakeFeedbackStore

URL = "s3://films/catalog"
SECONDS, CHANGES_A_SECOND, WORKERS, FILMS = 60, 5, 10, 320
SEEN_WITHIN = 30.0
USER = "viewer"
SEARCHES: tuple[tuple[str, Sort], ...] = (
    ("star", "relevance"), ("", "relevance"), ("stra", "relevance"), ("", "rating"), ("star", "year"), ("", "new"),
)  # fmt: skip


def made(number: int) -> Film:
    """Films alike enough to be each other's neighbours and to share every search."""
    return film(
        f"f{number}", f"Star {number}", 1950 + number % 70, genres=("Drama", "Sci-Fi")[: 1 + number % 2],
        directors=(f"Director {number % 7}",), imdb_rating=5 + number % 40 / 10, imdb_votes=1_000 + number,
    )  # fmt: skip


class World:
    """The bucket, the workers on it, and what is withdrawn since when."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.lock = Lock()
        self.gone: dict[str, float] = {}
        self.ever_gone: set[str] = set()
        # A worker of Lambda's answers one request at a time, so nobody shares one.
        self.workers = [self.worker() for _ in range(WORKERS)]
        self.writers = [self.worker() for _ in range(CHANGES_A_SECOND)]
        self.random = random.Random(15)
        self.lists = FakeRecommendationStore()

    def worker(self) -> EmbeddedCatalog:
        return EmbeddedCatalog(URL, lambda: self.now, pause=lambda: None)

    def change(self, number: int) -> None:
        """Most changes withdraw a film; some bring one back, some tell one anew."""
        catalog, kind = self.writers[number % CHANGES_A_SECOND], number // CHANGES_A_SECOND % 5
        with self.lock:
            back = self.random.choice(sorted(self.gone)) if self.gone and kind == 4 else ""
            source_id = back or f"f{number}"
            self.gone.pop(back, None)
        if back or kind == 3:
            put_film(catalog, source_id, FilmBody(title=f"Star {source_id[1:]}", genres=("Drama",)), NOW)
            return
        withdraw_film(catalog, source_id)
        with self.lock:
            self.gone[source_id] = self.now
            self.ever_gone.add(source_id)

    def read(self, worker: int) -> set[str]:
        """Film ids on every route that shows films, as one worker answers now."""
        catalog = shown_to(self.workers[worker])
        some = [film_id_of(f"f{self.random.randrange(FILMS)}") for _ in range(20)]
        page = home_page(self.lists, FakeFeedbackStore(), lambda: [], USER, "ru", 100, None, NOW, None, catalog)
        seen = {one.film_id for one in page.films} | set(titles_by_ids(catalog, some, "ru").titles)
        turn = (worker + int(self.now)) % (len(SEARCHES) + 3)
        if turn < len(SEARCHES):
            text, sort = SEARCHES[turn]
            return seen | _ids(search_films(catalog, FilmQuery(text=text, sort=sort, limit=FILMS)).films)
        if turn == len(SEARCHES):
            return seen | _ids(top_films(catalog, FILMS))
        if turn == len(SEARCHES) + 1:
            return seen | _ids(catalog.find_by_title("Star 1", 100))
        for film_id in some:
            try:
                return seen | _ids(
                    [get_film(catalog, film_id, "ru"), *similar_films(catalog, film_id, 100, lambda _: some)]
                )
            except FilmNotFoundError:
                continue
        return seen

    def everything(self, worker: int) -> set[str]:
        """All that a worker shows, page by page."""
        return _ids(search_films(shown_to(self.workers[worker]), FilmQuery(limit=FILMS)).films)

    def still_shown(self, seen: set[str]) -> list[str]:
        long_gone = [one for one, since in self.gone.items() if self.now - since >= SEEN_WITHIN]
        return [one for one in long_gone if film_id_of(one) in seen]


def _ids(films: Iterable[Film | FilmDetails]) -> set[str]:
    return {one.film_id for one in films}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    nobodys_account(monkeypatch, "us-east-1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one_request_at_a_time(monkeypatch)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="films")
        films = [made(number) for number in range(FILMS)]
        EmbeddedCatalog(URL).replace_all(films)
        world = World()
        ranked = [RankedFilm(film=one, score=1.0, ground="content") for one in films[:300:3]]
        stored = StoredList(version=1, generated_at=NOW, read_at=NOW, seen_until=NOW, taste_hash="t",
                            films=tuple(map(stored_film, ranked)), because_titles={})  # fmt: skip
        world.lists.publish(USER, stored)
        yield world


def test_a_withdrawn_film_is_on_no_route_half_a_minute_later_under_load(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.pointer.FOLD_CHANGES", 60)
    wrong: list[str] = []
    shown_before, folded = 0, 0
    with ThreadPoolExecutor(WORKERS + 2) as pool:
        for second in range(SECONDS + int(SEEN_WITHIN)):
            numbers = range(second * CHANGES_A_SECOND, (second + 1) * CHANGES_A_SECOND) if second < SECONDS else ()
            changing = [pool.submit(world.change, number) for number in numbers]
            reading = [pool.submit(world.read, worker) for worker in range(WORKERS)]
            for one in changing:
                one.result()
            seen = set().union(*(one.result() for one in reading))
            wrong += world.still_shown(seen)
            shown_before += any(film_id_of(one) in seen for one in world.gone)
            if second % 20 == 19:
                folded += world.worker().fold_changes()
            world.now += 1.0
        after = [world.everything(worker) for worker in range(WORKERS)]
    assert wrong == []
    assert len(world.ever_gone) >= 100
    assert shown_before, "before half a minute has passed they may be shown: the readers do see films"
    assert folded, "a fold has happened on the way"
    gone = {film_id_of(one) for one in world.gone}
    assert not any(gone & seen for seen in after)
    back = {film_id_of(one) for one in world.ever_gone - world.gone.keys()}
    assert back
    assert all(back <= seen for seen in after), "what was brought back is there again"

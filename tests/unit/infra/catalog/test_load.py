"""Sources of films: bad rows are refused one by one, and too many refuse the source."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film, FilmQuery
from infra.__main__ import main
from infra.catalog.load import load
from infra.catalog.sources.imdb import read_imdb
from infra.catalog.sources.rows import Refusal, SourceRefusedError, read_csv, read_jsonl
from tests.factories import film_with

BASICS = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"


def held(url: str) -> set[str]:
    return {film.titles.main for film in EmbeddedCatalog(url).search(FilmQuery(limit=100)).films}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path / 'catalog.sqlite'}"


def test_bad_lines_are_named_when_jsonl_is_read(tmp_path: Path) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text(
        '{"id": "tt0078748", "title": "Alien", "year": 1979, "genres": ["Horror"]}\n'
        "not json\n"
        '{"id": "2", "title": "No year", "year": "soon"}\n'
        '{"id": "3", "title": "", "year": 1999}\n'
        '{"id": "4", "title": "Unknown field", "stars": 5}\n'
        "\n"
        '{"id": "5", "title": "Ёлки"}\n',
        encoding="utf-8",
    )
    rows = list(read_jsonl(source))
    films = [row for row in rows if isinstance(row, Film)]
    assert [(film.titles.main, film.imdb_id) for film in films] == [("Alien", "tt0078748"), ("Ёлки", None)]
    assert films[0].film_id == film_id_of("tt0078748")
    assert [row.line for row in rows if isinstance(row, Refusal)] == [2, 3, 4, 5]


def test_lists_and_numbers_are_read_when_the_source_is_csv(tmp_path: Path) -> None:
    source = tmp_path / "films.csv"
    source.write_text('id,title,year,genres,imdb_rating\n1,"Lock, Stock",1998,Crime|Comedy,8.1\n2,Bad,x,,\n')
    film, refusal = read_csv(source)
    assert isinstance(film, Film)
    assert (film.titles.main, film.year, film.genres, film.imdb_rating) == (
        "Lock, Stock",
        1998,
        ("Crime", "Comedy"),
        8.1,
    )
    assert isinstance(refusal, Refusal)
    assert refusal.line == 3


def test_a_film_is_as_old_as_its_row_says_else_as_the_catalogue_has_it_when_it_is_loaded_again(
    tmp_path: Path, url: str
) -> None:
    source, said = tmp_path / "films.jsonl", datetime(2025, 6, 1, tzinfo=UTC)
    source.write_text('{"id": "1", "title": "Old"}\n{"id": "2", "title": "Told", "added_at": "2025-06-01T00:00:00Z"}\n')
    began = datetime.now(UTC)
    load(str(source), url)
    first = _added(url)
    assert first["Told"] == said
    assert began <= first["Old"] <= datetime.now(UTC)
    with source.open("a") as more:
        more.write('{"id": "3", "title": "New"}\n')
    load(str(source), url)
    second = _added(url)
    assert second == first | {"New": second["New"]}
    assert second["New"] > first["Old"]


def _added(url: str) -> dict[str, datetime]:
    films = EmbeddedCatalog(url).search(FilmQuery(limit=100)).films
    return {film.titles.main: film.added_at for film in films if film.added_at}


def test_the_old_catalogue_stays_when_too_many_rows_are_bad(tmp_path: Path, url: str) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"id": "1", "title": "Alien"}\n')
    load(str(good), url)
    bad.write_text('{"id": "2", "title": "Aliens"}\n' * 18 + "nonsense\n")
    with pytest.raises(SourceRefusedError, match="line 19"):
        load(str(bad), url)
    assert held(url) == {"Alien"}


def test_a_few_bad_rows_are_left_out_when_the_rest_is_good(tmp_path: Path, url: str) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "title": "Film {n}"}}\n' for n in range(30)) + "nonsense\n")
    summary = load(str(source), url)
    assert (summary.films, summary.refused) == (30, 1)


@pytest.mark.parametrize("content", ["", "nonsense\n"])
def test_the_exit_code_says_so_when_a_source_is_refused(
    tmp_path: Path, url: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text(content)
    assert main(["films", "load", str(source), "--catalog-url", url]) == 1
    assert "unchanged" in capsys.readouterr().err
    assert main(["films", "load", str(tmp_path / "missing.jsonl"), "--catalog-url", url]) == 1


def test_all_files_are_joined_when_imdb_is_read(tmp_path: Path) -> None:
    files = {
        "title.basics": BASICS
        + "tt0076759\tmovie\tStar Wars\tStar Wars\t0\t1977\t\\N\t121\tAction,Sci-Fi\n"
        + "tt0090000\ttvEpisode\tAn episode\tAn episode\t0\t1985\t\\N\t20\tDrama\n"
        + "tt0090001\tmovie\tBroken\t0\t1985\n"
        + "tt0118767\tmovie\tBrother\tBrat\t0\t1997\t\\N\t100\tCrime\n",
        "title.ratings": "tconst\taverageRating\tnumVotes\ntt0076759\t8.6\t1400000\ntt0118767\t7.7\t30000\n",
        "title.akas": "titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n"
        + "tt0076759\t1\tЗвёздные войны\tRU\t\\N\timdbDisplay\t\\N\t0\n"
        + "tt0076759\t3\tStar Wars\tUS\t\\N\timdbDisplay\t\\N\t0\n"
        + "tt0076759\t2\tKrieg der Sterne\tDE\t\\N\timdbDisplay\t\\N\t0\n"
        + "tt0118767\t1\tБрат\tRU\t\\N\timdbDisplay\t\\N\t0\n",
        "title.crew": "tconst\tdirectors\twriters\ntt0076759\tnm0000184\t\\N\n",
        "title.principals": "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
        + "tt0076759\t1\tnm0000434\tactor\t\\N\t\\N\n",
        "name.basics": "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
        + "nm0000184\tGeorge Lucas\t1944\t\\N\t\\N\t\\N\nnm0000434\tMark Hamill\t1951\t\\N\t\\N\t\\N\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.tsv.gz").write_bytes(gzip.compress(text.encode()))
    rows = list(read_imdb(tmp_path))
    films = {row.titles.main: row for row in rows if isinstance(row, Film)}
    assert set(films) == {"Star Wars", "Brother"}
    star_wars, brother = films["Star Wars"], films["Brother"]
    assert star_wars == film_with(
        film_id=film_id_of("tt0076759"), source_id="tt0076759", imdb_id="tt0076759", title="Star Wars",
        title_ru="Звёздные войны", title_en="Star Wars", year=1977,
        alternative_titles=("Звёздные войны", "Krieg der Sterne"), genres=("Action", "Sci-Fi"),
        directors=("George Lucas",), actors=("Mark Hamill",), imdb_rating=8.6, imdb_votes=1_400_000,
    )  # fmt: skip
    assert (brother.titles.in_language("ru"), brother.original_title, brother.imdb_id) == ("Брат", "Brat", "tt0118767")
    refusals = [row for row in rows if isinstance(row, Refusal)]
    assert [(refusal.file, refusal.line) for refusal in refusals] == [("title.basics.tsv.gz", 4)]

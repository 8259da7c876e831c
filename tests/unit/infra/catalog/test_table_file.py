"""Tables as people have them: whatever wrote them, their films arrive, and what is wrong is said in a sentence."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib import aws
from infra.__main__ import main
from infra.catalog.load import check
from infra.catalog.sources.rows import IgnoredColumns, SourceRefusedError, read_csv
from infra.catalog.sources.table_file import TableFile
from tests.aws import nobodys_account

HEADER, ROW = (
    ("id", "title", "year", "genres", "imdb_rating"),
    ("1", "Ёлки, «Москва» — Брест", "2010", "драма|комедия", "6,6"),
)


def table(delimiter: str) -> str:
    quoted = [f'"{value}"' for value in ROW]
    return "\r\n".join([delimiter.join(HEADER), delimiter.join(quoted)]) + "\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_film_arrives_whatever_wrote_the_table(tmp_path: Path, delimiter: str, encoding: str, packed: bool) -> None:
    path = tmp_path / ("films.csv.gz" if packed else "films.csv")
    raw = table(delimiter).encode(encoding)
    path.write_bytes(gzip.compress(raw) if packed else raw)
    (film,) = read_csv(path)
    assert film.titles.main == ROW[1]  # type: ignore[union-attr]
    assert (film.year, film.genres, film.imdb_rating) == (2010, ("драма", "комедия"), 6.6)  # type: ignore[union-attr]


def test_a_letter_in_the_middle_of_a_large_file_decides_for_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(b"id,title\n" + b"1,Alien\n" * 200_000 + "2,Сталкер\n".encode("cp1251"))
    assert TableFile.found(path).encoding == "cp1251"
    path.write_bytes(b"id,title\n" + b"1,Alien\n" * 131_071 + "2,яяяя\n".encode())  # a letter across two chunks
    assert TableFile.found(path).encoding == "utf-8"


def test_columns_that_no_film_has_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "films.csv"
    path.write_text(" ID ;Title;Склад;note\n1;Alien;5;x\n1;Alien again;;\n2;;;\n3;" + "x" * 600 + ";;\n")
    first, *_ = read_csv(path)
    assert first == IgnoredColumns(("склад", "note"))
    path.write_text("id;title;Склад;note\n" + "".join(f"{n};Film {n};5;x\n" for n in range(40)) + "1;Again;;\n2;;;\n")
    assert main(["films", "check", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out == "✓ 40 films would be loaded, 1 rows refused; nothing was changed\n"
    assert "left out: склад, note" in said.err
    assert "1 rows repeat a film" in said.err
    assert "films.csv:43: " in said.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("films.csv", b"", "the file has no column id and no column title; its columns are: none"),
        ("films.csv", b"name;year\nAlien;1979\n", "no column id and no column title; its columns are: name, year"),
        ("films.csv", b"id,title\n1," + b"x" * 200_000 + b"\n", "line 1 is not CSV: field larger than field limit"),
        ("films.csv", b"id,title\n", "the source holds no film"),
        ("films.csv", b"\xff\xfei\x00d\x00,", "truncated data"),
        ("films.xlsx", b"PK", "is neither .jsonl nor .csv nor a folder"),
        ("films.jsonl", '{"id": "1", "title": "Сталкер"}\n'.encode("cp1251"), "the source holds no film"),
        ("missing.csv", None, "No such file"),
    ],
)
def test_a_file_that_is_no_table_of_films_is_told_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for arguments in (["check", str(path)], ["load", str(path), "--catalog-url", f"sqlite://{tmp_path / 'c.sqlite'}"]):
        assert main(["films", *arguments]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert "Traceback" not in told
    assert not (tmp_path / "c.sqlite").exists()


def test_a_byte_order_mark_before_json_is_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "1", "title": "Alien"}\n')
    assert check(str(path)).films == 1


@pytest.fixture
def no_bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    nobodys_account(monkeypatch, "us-east-1")
    with mock_aws():
        aws.process.cache_clear()
        boto3.client("s3").create_bucket(Bucket="another")
        yield


@pytest.mark.parametrize(
    ("url", "said"),
    [("s3://nowhere/catalog", "The specified bucket does not exist"), ("s3:///catalog", "A catalogue lies at https://"),
     ("s3://My Films/catalog", "A catalogue lies at https://"), ("https://", "A catalogue lies at https://"),
     ("ftp://films", "A catalogue lies at https://"), ("http://127.0.0.1:9/films", "does not answer")],
)  # fmt: skip
def test_a_wrong_place_is_told_in_a_sentence(
    no_bucket: None, tmp_path: Path, url: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "films.csv"
    path.write_text("id,title\n1,Alien\n")
    assert main(["films", "load", str(path), "--catalog-url", url]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "The catalogue is unchanged." in told


def test_an_unknown_stack_is_told_too(no_bucket: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CATALOG_URL", raising=False)
    assert main(["films", "load", str(tmp_path / "films.csv"), "--stack", "nowhere"]) == 1


def test_too_many_films_for_a_snapshot_are_noticed_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.catalog.load.EMBEDDED_FILMS_MAX", 3)
    path = tmp_path / "films.csv"
    path.write_text("id,title\n" + "".join(f"{n},Film {n}\n" for n in range(4)))
    with pytest.raises(SourceRefusedError, match="want OpenSearch"):
        check(str(path))
    assert check(str(path), "https://search.example.org").films == 4

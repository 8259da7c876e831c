"""A long history is split so that every piece is a request the site takes."""

import json
from pathlib import Path

import pytest

from chalicelib.feedback.history_rows import ROWS_MAX, read_history
from infra.__main__ import main
from infra.operator.import_history import BODY_BYTES_MAX, ImportRefusedError, format_of, pieces_of


@pytest.mark.parametrize("title", ["Alien", "Очень длинное название " * 12, 'Quotes "and" commas, too'])
def test_every_row_arrives_once_when_a_history_is_split(title: str) -> None:
    quoted = title.replace('"', '""')
    text = "title,year,rating\n" + "".join(f'"{quoted} {n}",1999,8\n' for n in range(1_000))
    pieces = list(pieces_of(text))
    rows = [row for piece in pieces for row in read_history(piece, "plain")]
    assert [row.title for row in rows] == [f"{title} {n}" for n in range(1_000)]
    for piece in pieces:
        assert len(read_history(piece, "plain")) <= ROWS_MAX
        assert len(json.dumps({"format": "plain", "csv": piece}, ensure_ascii=False).encode()) <= BODY_BYTES_MAX


def test_the_format_is_told_when_the_header_says_it() -> None:
    assert format_of("Const,Your Rating,Title,Year\n") == "imdb"
    assert format_of("Date,Name,Year,Letterboxd URI,Rating\n") == "letterboxd"
    assert format_of("title,year,rating\n") == "plain"
    with pytest.raises(ImportRefusedError):
        format_of("a,b\n")


def test_no_password_is_sent_when_an_emulators_stack_names_an_address_of_amazons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    history = tmp_path / "ratings.csv"
    history.write_text("title,year,rating\nAlien,1979,9\n")
    assert main(["import-history", str(history), "--email", "vera@example.com"]) == 1
    assert "--url" in capsys.readouterr().err

"""A long history is split so that every piece is a request the site takes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from chalicelib.feedback.history_rows import ROWS_MAX, read_history
from infra.__main__ import main
from infra.operator.import_history import BODY_BYTES_MAX, ImportRefusedError, format_of, pieces_of, text_of


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


@pytest.fixture
def history(tmp_path: Path) -> str:
    path = tmp_path / "ratings.csv"
    path.write_text("title,year,rating\nAlien,1979,9\n")
    return str(path)


class Stranger(BaseHTTPRequestHandler):
    """Some other site."""

    def do_POST(self) -> None:
        status = int(self.path.split("/")[1])
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"<html>no API here</html>" if status != 201 else b'["neither"]')

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["200", "201", "404", "502"])
def test_another_site_is_told_from_this_ones_in_a_sentence(
    history: str, stranger: str, path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KINOSOVET_PASSWORD", "x")
    assert main(["import-history", history, "--email", "vera@example.com", "--url", f"{stranger}/{path}/"]) == 1
    assert "is not this site's API" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "said"),
    [("films.example.org", "begins with https://"), ("http://127.0.0.1:1/", "does not answer"),
     ("http://127.0.0.1:port/", "does not answer"), ("http://a b/", "does not answer")],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_told_in_a_sentence(
    history: str, url: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KINOSOVET_PASSWORD", "x")
    assert main(["import-history", history, "--email", "vera@example.com", "--url", url]) == 1
    assert said in capsys.readouterr().err


def test_a_password_that_nobody_can_be_asked_for_is_told_in_a_sentence(
    history: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody() -> str:
        raise EOFError

    monkeypatch.delenv("KINOSOVET_PASSWORD", raising=False)
    monkeypatch.setattr("getpass.getpass", nobody)
    assert main(["import-history", history, "--email", "vera@example.com", "--url", "http://127.0.0.1:1/"]) == 1
    assert "KINOSOVET_PASSWORD" in capsys.readouterr().err


VOTES = """<html><head><title>оценки</title></head><body><table>
<tr><td bgcolor="#f2f2f2"><i>русскоязычное название</i></td><td><i>оригинальное название</i></td><td><i>год</i></td>
<td><i>бюджет</i><br/>$</td><td><i>моя оценка</i></td></tr>
<tr><td nowrap><b>Город грехов</b></td><td>Sin City</td><td>2005</td><td>40&nbsp;000</td><td>10</td></tr>
<tr><td><b>&laquo;Тайна&raquo;, да &quot;ещё&quot;</b></td><td></td><td>2002 &ndash; 2005</td><td></td><td>3</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-8-sig"])
def test_kinopoisks_table_becomes_csv(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "votes.xls"
    path.write_text(VOTES, encoding=encoding)
    text = text_of(path)
    assert format_of(text) == "kinopoisk"
    rows = read_history(text, "kinopoisk")
    assert [(row.title, row.year, row.rating) for row in rows] == [
        ("Город грехов", 2005, "like"), ('«Тайна», да "ещё"', 2002, "dislike"),
    ]  # fmt: skip


def test_a_spreadsheets_own_csv_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("title;year;rating\r\nСолярис;1972;9\r\n".encode("cp1251"))
    (row,) = read_history(next(pieces_of(text_of(path))), "plain")
    assert (row.title, row.year, row.rating) == ("Солярис", 1972, "like")


def test_trakts_columns_are_known() -> None:
    assert format_of("rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,rating\n") == "trakt"

"""What the page makes of a file with a viewer's history, in the JavaScript engine that Playwright brings."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from chalicelib.feedback.history_rows import HistoryFormat, read_history
from infra.operator.import_history import text_of

PAGE = Path(__file__).parents[3] / "chalicelib" / "web" / "page"
SCRIPT = """
import { textOfFile } from "./history_file.js";
import { formatOf, requestsOf } from "./history_rows.js";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const text = textOfFile(new Uint8Array(Buffer.concat(chunks)));
const requests = () => {
  try {
    return requestsOf(formatOf(text), text);
  } catch (error) {
    return error.constructor.name;
  }
};
const told = text === null ? null : { format: formatOf(text), requests: requests() };
console.log(JSON.stringify(told));
"""
TRAKT = "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,rating\n2018-08-24,movie,Alien,1979,8,295,tt0078748,9\n"


VOTES = """<html><head><meta charset="windows-1251"><title>оценки</title></head><body><TABLE border=1>
<tr><td bgcolor="#f2f2f2"><i>русскоязычное название</i></td><td><i>оригинальное название</i></td><td><i>год</i></td>
<td><i>бюджет</i><br/>$</td><td><i>моя оценка</i></td></tr>
<tr><td nowrap><b>Город грехов</b></td><td>Sin City</td><td>2005</td><td>40&nbsp;000</td><td>10</td></tr>
<TR><TH><b>&laquo;Тайна&raquo;, да &quot;ещё&quot;</b></TH><td></td><td>2002 &ndash; 2005</td><td></td><td>3</td>
<tr><td></td><td>Le fabuleux destin d&#39;Am&eacute;lie &amp; C&#x14d;</td><td>2001</td><td></td><td>5</td></tr>
</table></body></html>"""


def taken(content: bytes, folder: Path) -> Any:
    """The requests that the page would send for a file; None for one without text."""
    for name in ("history_rows.js", "history_file.js"):
        shutil.copy(PAGE / name, folder)
    (folder / "take.mjs").write_text(SCRIPT)
    (folder / "package.json").write_text('{"type": "module"}')
    engine, _ = compute_driver_executable()
    done = subprocess.run([engine, "take.mjs"], cwd=folder, input=content, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("text", "kind", "titles"),
    [
        (TRAKT, "trakt", ["Alien"]),
        ("Const,Your Rating,Title,Year\ntt0078748,9,Alien,1979\n", "imdb", ["Alien"]),
        ("Date,Name,Year,Letterboxd URI,Rating\n,Alien,1979,,4\n", "letterboxd", ["Alien"]),
        ("Stalker (1979)\nThe Matrix", "plain", ["Stalker", "The Matrix"]),
    ],
)
def test_what_the_page_sends_is_what_the_api_reads(
    text: str, kind: HistoryFormat, titles: list[str], tmp_path: Path
) -> None:
    told = taken(text.encode(), tmp_path)
    assert told["format"] == kind
    rows = [row for one in told["requests"] for row in read_history(one["csv"], one["format"])]
    assert [row.title for row in rows] == titles


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-8-sig"])
def test_kinopoisks_file_is_read_as_the_command_reads_it(encoding: str, tmp_path: Path) -> None:
    content = VOTES.encode(encoding)
    told = taken(content, tmp_path)
    assert told["format"] == "kinopoisk"
    rows = [row for one in told["requests"] for row in read_history(one["csv"], one["format"])]
    (tmp_path / "votes.xls").write_bytes(content)
    of_command = read_history(text_of(tmp_path / "votes.xls"), "kinopoisk")
    assert [row[1:] for row in rows] == [row[1:] for row in of_command]
    assert [(row.title, row.year, row.rating) for row in rows] == [
        ("Город грехов", 2005, "like"), ('«Тайна», да "ещё"', 2002, "dislike"),
        ("Le fabuleux destin d'Amélie & Cō", 2001, "seen"),
    ]  # fmt: skip


def test_a_file_in_windows_1251_keeps_its_letters(tmp_path: Path) -> None:
    told = taken("title;year;rating\r\nСолярис;1972;9\r\n".encode("cp1251"), tmp_path)
    (request,) = told["requests"]
    assert [row.title for row in read_history(request["csv"], request["format"])] == ["Солярис"]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x14\x00\x06\x00"])
def test_a_file_that_is_no_text_is_known_as_none(content: bytes, tmp_path: Path) -> None:
    assert taken(content, tmp_path) is None


def test_a_large_table_takes_no_time(tmp_path: Path) -> None:
    rows = "<tr><td>Фильм <b></td><td>&" + "a" * 60 + "</td><td>2001</td><td>7</td></tr>\n"
    bare = (
        "<table><tr><td>русскоязычное название</td><td>оригинальное название</td><td>год</td><td>моя оценка</td></tr>"
    )
    began = time.perf_counter()
    told = taken((bare + rows * 20_000).encode(), tmp_path)
    assert sum(one["count"] for one in told["requests"]) == 20_000
    odd = "<tr><td>" + "<" * 300_000 + "<tr" * 300_000
    assert taken((bare + odd).encode(), tmp_path)["requests"] == "RowTooLargeError"
    assert time.perf_counter() - began < 10

"""What the page makes of a file with a viewer's history, in the JavaScript engine that Playwright brings."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from chalicelib.feedback.history_rows import HistoryFormat, read_history

PAGE = Path(__file__).parents[3] / "chalicelib" / "web" / "page" / "history_rows.js"
SCRIPT = """
import { formatOf, requestsOf } from "./history_rows.js";
let given = "";
for await (const chunk of process.stdin) given += chunk;
const text = JSON.parse(given);
console.log(JSON.stringify({ format: formatOf(text), requests: requestsOf(formatOf(text), text) }));
"""
TRAKT = "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,rating\n2018-08-24,movie,Alien,1979,8,295,tt0078748,9\n"


def taken(text: str, folder: Path) -> Any:
    """The requests that the page would send."""
    shutil.copy(PAGE, folder)
    (folder / "take.mjs").write_text(SCRIPT)
    (folder / "package.json").write_text('{"type": "module"}')
    engine, _ = compute_driver_executable()
    done = subprocess.run([engine, "take.mjs"], cwd=folder, input=json.dumps(text), capture_output=True,
                          encoding="utf-8", check=True)  # fmt: skip
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
    told = taken(text, tmp_path)
    assert told["format"] == kind
    rows = [row for one in told["requests"] for row in read_history(one["csv"], one["format"])]
    assert [row.title for row in rows] == titles

"""How the page makes rows of one list, in the JavaScript engine that Playwright brings."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

PAGE = Path(__file__).parents[3] / "chalicelib" / "web" / "page" / "rows.js"
SCRIPT = """
import { rowsOf } from "./rows.js";
let given = "";
for await (const chunk of process.stdin) given += chunk;
console.log(JSON.stringify(rowsOf(JSON.parse(given))));
"""


def rows_of(films: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    shutil.copy(PAGE, folder)
    (folder / "rows.mjs").write_text(SCRIPT)
    (folder / "package.json").write_text('{"type": "module"}')
    engine, _ = compute_driver_executable()
    done = subprocess.run([engine, "rows.mjs"], cwd=folder, input=json.dumps(films), capture_output=True,
                          encoding="utf-8", check=True)  # fmt: skip
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def top(number: int, year: int | None, genre: str = "Drama") -> dict[str, Any]:
    return {"film_id": f"{number}", "year": year, "genres": [genre], "source": "top", "because": []}


def test_the_newest_of_the_top_films_have_a_row_of_their_own_and_each_film_stands_once(tmp_path: Path) -> None:
    films = [top(n, 2013 + n % 3 if n % 8 == 3 else 1950 + n) for n in range(60)]
    rows = rows_of(films, tmp_path)
    assert [row["kind"] for row in rows][:3] == ["hero", "top", "newest"]
    newest = rows[2]
    assert newest["about"] == "2013–2015"
    assert {film["film_id"] for film in newest["films"]} == {f"{n}" for n in range(57) if n % 8 == 3}, (
        "the last three are the large film's spares"
    )
    shown = [film["film_id"] for row in rows for film in row["films"] + row["reserve"]]
    assert sorted(shown) == sorted(film["film_id"] for film in films)


def test_there_is_no_row_of_newest_films_where_they_are_few_or_nearly_all(tmp_path: Path) -> None:
    few = [top(n, 2015 if n < 4 else 1960) for n in range(40)]
    all_new = [top(n, 2015) for n in range(40)]
    undated = [top(n, None) for n in range(40)]
    for films in (few, all_new, undated):
        assert "newest" not in [row["kind"] for row in rows_of(films, tmp_path)]
    assert rows_of([], tmp_path) == []


def own(number: int, year: int, cause: str) -> dict[str, Any]:
    return top(number, year) | {"source": "personal", "because": [cause]}


def test_best_are_not_of_one_time_when_a_single_film_is_liked(tmp_path: Path) -> None:
    years = [1941, 1943, 1945, 1947, 1948, 1949, 1942, 1944, 1946, 1940, 1941, 1943, 1952, 1938, 1961, 1955, 1975, 1933]
    one = rows_of([own(n, year, "Casablanca") for n, year in enumerate([1942, *years])], tmp_path)
    best = next(row for row in one if row["kind"] == "for_you")["films"][:9]
    decades = [film["year"] // 10 for film in best]
    assert max(decades.count(decade) for decade in decades) == 3
    two = rows_of([own(n, year, f"{n % 2}") for n, year in enumerate([1942, *years])], tmp_path)
    kept = next(row for row in two if row["kind"] == "for_you")["films"]
    assert [film["film_id"] for film in kept[:9]] == [f"{n}" for n in range(1, 10)], "two films say it"

"""Brings a long history into a site, in pieces that one request may carry.

    python -m infra import-history ratings.csv --email me@example.org
    python -m infra import-history votes.xls --email me@example.org
    python -m infra import-history diary.csv --format letterboxd --email me@example.org --url https://films.example.org/api/

The password is asked for, or read from $KINOSOVET_PASSWORD.
"""

import argparse
import csv
import getpass
import http.client
import io
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from chalicelib.feedback.history_rows import COLUMNS, ROWS_MAX
from infra.catalog.sources.table_file import TableFile
from infra.stack_outputs import add_stack, outputs

BODY_BYTES_MAX = 65_536  # api.md
ENVELOPE_BYTES = 200  # the JSON around the text
SNIFFED = 4_096  # letters in which an HTML table shows itself
CALL_SECONDS = 40  # the gateway gives up after 29


class ImportRefusedError(Exception):
    """The file is no history, or the site refuses it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, for whom, into which site."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--email", required=True, help="the viewer's account")
    parser.add_argument("--format", choices=sorted(COLUMNS), help="default: told by the file's columns")
    parser.add_argument("--url", help="the API's base address, ending in /; default: $SITE_URL, else the stack's")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Imports the file, piece by piece. The exit code: 1 when it is no history or the site refuses it."""
    try:
        url = given.url or os.environ.get("SITE_URL") or _site(given.stack)
        text = text_of(given.file)
        kind = given.format or format_of(text)
        password = os.environ.get("KINOSOVET_PASSWORD") or _asked_password()
        token = str(_post(url, "v1/auth/login", {"email": given.email, "password": password})["access_token"])
        imported = neutral = 0
        for piece in pieces_of(text):
            answer = _post(url, "v1/feedback/import", {"format": kind, "csv": piece}, token)
            imported += int(str(answer["imported"]))
            neutral += int(str(answer["neutral"]))
            for what in ("unmatched", "ambiguous", "left_out"):
                for row in answer[what]:  # type: ignore[attr-defined]
                    print(f"  {what}: {row['title']} ({row['year'] or 'no year'})")
    except (ImportRefusedError, OSError, UnicodeDecodeError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"✓ {imported} likes and dislikes, {neutral} found without either")
    return 0


def _site(stack: str) -> str:
    """The stack's own address. An emulator's stack names one in Amazon's domain, where a password must not be sent."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        raise ImportRefusedError("an emulator's stack does not know its own address: say it by --url")
    return outputs(stack)["EndpointURL"]


def _asked_password() -> str:
    try:
        return getpass.getpass()
    except EOFError:
        raise ImportRefusedError("nobody is there to be asked for the password: set $KINOSOVET_PASSWORD") from None


def text_of(path: Path) -> str:
    """The file as CSV with commas, whatever its letters and delimiter; Kinopoisk's `votes.xls` is an HTML table."""
    table = TableFile.found(path)
    with table.opened() as file:
        if "<table" in file.read(SNIFFED).lower():
            file.seek(0)
            rows: Iterable[list[str]] = rows_of_html(file.read())
        else:
            file.seek(0)
            rows = csv.reader(file, delimiter=table.delimiter)
        try:
            return "".join(map(_line, rows))
        except csv.Error as error:
            raise ImportRefusedError(f"{path.name} is not CSV: {error}") from None


def rows_of_html(text: str) -> list[list[str]]:
    """The cells of the first table, without their markup."""
    reader = _HtmlTable()
    reader.feed(text)
    return [row for row in reader.rows if any(row)]


class _HtmlTable(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._is_in_cell = self._is_in_cell and tag not in ("td", "th", "tr")

    def handle_data(self, data: str) -> None:
        if self._is_in_cell:
            self.rows[-1][-1] = " ".join((self.rows[-1][-1] + data).split())


def format_of(text: str) -> str:
    """Tells the format by its columns."""
    header = {name.strip().lower() for name in next(csv.reader(io.StringIO(text)), [])}
    for kind, columns in COLUMNS.items():
        if set(columns) <= header:
            return kind
    raise ImportRefusedError(
        "This is no history of IMDb, Letterboxd, Kinopoisk or Trakt, and no title,year,rating file."
    )


def pieces_of(text: str) -> Iterator[str]:
    """The file in pieces of at most 300 rows and 64 KB as sent, each with the header."""
    reader = csv.reader(io.StringIO(text))
    header = _line(next(reader, []))
    piece, size, rows = header, _sent(header), 0
    for row in reader:
        line = _line(row)
        if rows and (rows == ROWS_MAX or size + _sent(line) > BODY_BYTES_MAX - ENVELOPE_BYTES):
            yield piece
            piece, size, rows = header, _sent(header), 0
        piece, size, rows = piece + line, size + _sent(line), rows + 1
    if rows:
        yield piece


def _line(row: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _sent(text: str) -> int:
    """Bytes of the text within a JSON document."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _post(url: str, path: str, body: Mapping[str, str], token: str = "") -> dict[str, object]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    raw = json.dumps(body, ensure_ascii=False).encode()
    if not url.startswith(("http://", "https://")):
        raise ImportRefusedError(f"a site's address begins with https://, not {url!r}")
    try:
        request = urllib.request.Request(url.rstrip("/") + "/" + path, raw, headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 (the user's own site)
            return _answered(url, answer.read())
    except urllib.error.HTTPError as error:
        raise ImportRefusedError(f"{path}: {error.code} {_answered(url, error.read()).get('detail', '')}") from error
    except (urllib.error.URLError, http.client.HTTPException) as error:
        raise ImportRefusedError(f"{url} does not answer: {getattr(error, 'reason', None) or error}") from error


def _answered(url: str, raw: bytes) -> dict[str, object]:
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ImportRefusedError(f"what answers at {url} is not this site's API") from None
    return answer

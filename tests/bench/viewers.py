"""A crowd on the copy that `make up` has started: 50 viewers for a minute, as people use a site, 20 of them liking.

    python -m tests.bench.viewers [--viewers 50] [--liking 20] [--seconds 60] [--think-seconds 0] [--url URL]

Accounts are made before the clock starts. Each viewer then asks for one thing after the other: mostly the home page,
also films, search, lists of their own and the page itself. `GET v1/health` does nothing: what it takes is the
emulator's own share. Afterwards every like that was acknowledged is read back, and every list has to know of its last
one. A row a route; the last line is one JSON object.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx

LOCAL = Path(".local")
PASSWORD = "a quite ordinary passphrase"
TIMEOUT_SECONDS = 60.0
RIGHT_SECONDS_MOST = 120.0
WORDS = ("matrix", "alien", "матрица", "story", "star", "чужой", "blade", "toy", "godfather", "крепкий")

type Answer = tuple[str, int, float]
"""A route, a status (0: time-out, 1: no connection) and how long it took."""


class Visitor:
    """One viewer and their browser."""

    def __init__(self, url: str, number: int, likes: bool) -> None:
        # Sign-ups are counted by address; these are fifty households, not one.
        headers = {"X-Forwarded-For": f"10.20.{number // 250}.{number % 250 + 1}", "Accept-Language": "ru"}
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, headers=headers)
        self._random = random.Random(number)
        self._likes = likes
        self._films: list[str] = []
        self._acknowledged: set[str] = set()
        self.answers: list[Answer] = []

    def arrive(self) -> None:
        """Registers and signs in, patiently. Raises RuntimeError when that is refused for good."""
        account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        self._insist("v1/auth/register", account)
        token = self._insist("v1/auth/login", account).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def stay(self, seconds: float, think_seconds: float) -> None:
        """One request after the other until the time is over."""
        end = time.monotonic() + seconds
        routes, weights = zip(*self._habits(), strict=True)
        self._home()
        while time.monotonic() < end:
            if think_seconds:
                time.sleep(self._random.expovariate(1 / think_seconds))
            self._random.choices(routes, weights)[0]()

    def _habits(self) -> list[tuple[Callable[[], object], int]]:
        habits: list[tuple[Callable[[], object], int]] = [
            (self._home, 40),
            (lambda: self._get("GET v1/films/{id}", f"v1/films/{self._film()}"), 14),
            (lambda: self._get("GET v1/films/{id}/similar", f"v1/films/{self._film()}/similar"), 6),
            (lambda: self._get("GET v1/films", f"v1/films?query={self._random.choice(WORDS)}&limit=20"), 12),
            (lambda: self._get("GET v1/feedback", "v1/feedback?limit=50"), 8),
            (lambda: self._get("GET v1/me", "v1/me"), 6),
            (lambda: self._get("GET /", ""), 6),
            (lambda: self._get("GET v1/health", "v1/health"), 4),
        ]
        return [*habits, (self._like, 12)] if self._likes else habits

    def _home(self) -> None:
        answer = self._get("GET v1/recommendations", "v1/recommendations")
        if answer is not None and answer.status_code == 200:
            self._films = [film["film_id"] for film in answer.json()["films"]] or self._films

    def _like(self) -> None:
        film = self._film()
        answer = self._call("PUT v1/feedback/{id}", "PUT", f"v1/feedback/{film}", {"rating": "like"})
        if answer is not None and answer.is_success:
            self._acknowledged.add(film)

    def lost(self) -> int:
        """How many acknowledged likes the site does not know of."""
        return len(self._acknowledged - {item["film_id"] for item in self._feedback()})

    def has_right_list(self) -> bool:
        """Whether the list was made after the last like, and shows nothing of what is liked."""
        if not self._acknowledged:
            return True
        page, held = self._http.get("v1/recommendations?limit=100").json(), self._feedback()
        newest = max(datetime.fromisoformat(item["updated_at"]) for item in held)
        shown = {film["film_id"] for film in page["films"]}
        return datetime.fromisoformat(page["generated_at"]) >= newest and not shown & self._acknowledged

    def _feedback(self) -> list[dict[str, str]]:
        held: list[dict[str, str]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self._http.get("v1/feedback", params={"limit": 100} | ({"cursor": cursor} if cursor else {})).json()
            held += page["feedback"]
            cursor = page.get("next_cursor")
        return held

    def _film(self) -> str:
        return self._random.choice(self._films) if self._films else str(uuid4())

    def _get(self, route: str, path: str) -> httpx.Response | None:
        return self._call(route, "GET", path)

    def _call(self, route: str, method: str, path: str, body: object = None) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            status = 0 if isinstance(error, httpx.TimeoutException) else 1
            self.answers.append((route, status, time.monotonic() - began))
            return None
        self.answers.append((route, answer.status_code, time.monotonic() - began))
        if answer.status_code == 429:
            self.answers[-1] = (route, 429 if "Retry-After" in answer.headers else -429, self.answers[-1][2])
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        return answer

    def _insist(self, path: str, body: object) -> httpx.Response:
        for _ in range(20):
            answer = self._http.post(path, json=body)
            if answer.is_success:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")


def figures(answers: list[Answer]) -> dict[str, object]:
    """How many answers there were, what was refused, and the latencies of those that were given, in seconds."""
    given = [one for one in answers if 200 <= one[1] < 500 and one[1] != 429]
    routes = {}
    for route in sorted({route for route, _, _ in given}):
        took = sorted(seconds for name, _, seconds in given if name == route)
        places = {f"p{share}": round(took[min(len(took) - 1, len(took) * share // 100)], 3) for share in (50, 95, 99)}
        routes[route] = {"answers": len(took)} | places
    statuses = Counter(status for _, status, _ in answers)
    refused = statuses[429]
    return {
        "answers": len(given),
        "refused_429": refused,
        "refused_share": round(refused / max(1, len(answers)), 4),
        "refused_without_retry_after": statuses[-429],
        "timeouts": statuses[0],
        "broken": statuses[1] + sum(count for status, count in statuses.items() if status >= 500),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "routes": routes,
    }


def seconds_until_right(visitors: list[Visitor]) -> float:
    """How long after the load every list knows of its viewer's last like. Raises TimeoutError when one never does."""
    began = time.monotonic()
    for one in visitors:
        while not one.has_right_list():
            if time.monotonic() - began > RIGHT_SECONDS_MOST:
                raise TimeoutError(f"a list was not right within {RIGHT_SECONDS_MOST:.0f} s")
            time.sleep(0.2)
    return round(time.monotonic() - began, 1)


def _megabytes(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_symlink()) // 1_000_000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--liking", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think-seconds", type=float, default=0.0)
    parser.add_argument("--url", default="", help="default: what `make up` left in .local/url")
    given = parser.parse_args(arguments)
    if not given.url and not (LOCAL / "url").exists():
        sys.exit("nothing runs here: `make up` first, or name a copy with --url")
    url = given.url or (LOCAL / "url").read_text()
    visitors = [Visitor(url, number, number < given.liking) for number in range(given.viewers)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Visitor.arrive, visitors))
    threads = [threading.Thread(target=one.stay, args=(given.seconds, given.think_seconds)) for one in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = figures([answer for one in visitors for answer in one.answers])
    for route, row in told["routes"].items():  # type: ignore[attr-defined]
        print(f"{route:28} {row['answers']:6}  p50 {row['p50']:.3f}  p95 {row['p95']:.3f}  p99 {row['p99']:.3f} s")
    lost = sum(one.lost() for one in visitors)
    after = {"likes_lost": lost, "lists_right_after_seconds": seconds_until_right(visitors)}
    print(json.dumps(told | after | {"local_megabytes": _megabytes(LOCAL)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

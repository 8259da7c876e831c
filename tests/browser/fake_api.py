"""An API in memory that keeps the HTTP contract, for browser tests that need no stack.

It rebuilds a list `REBUILD_SECONDS` after feedback and lets "GigaChat" answer `ANSWER_SECONDS` after the third rating.
"""

import csv
import hashlib
import io
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.auth.proof_of_work import leading_zeros
from chalicelib.catalog.availability import narrower
from chalicelib.web.cookie import ended_cookie, kept_cookie, refresh_token_in
from tests.browser.described import Described
from tests.browser.fake_cards import card, is_for, is_of, listed, title, versioned
from tests.browser.fake_evenings import FakeEvenings, NoEvening, Seated
from tests.browser.fake_films import FILMS
from tests.browser.fake_operator import FakeOperator

REBUILD_SECONDS = 1.0
ANSWER_SECONDS = 3.0
ASK_AFTER = 3
GIGACHATS_TASTE = {
    "ru": ("Вам близки истории, которые никуда не спешат.", "Смешное вы цените рядом с грустным.",
           "Финал без морали вам дороже громкой развязки."),
    "en": ("You like stories that take their time.", "You value what is funny beside what is sad.",
           "An ending without a moral means more to you than a loud one."),
}  # fmt: skip
IMPORT_ROWS_MAX, BODY_BYTES_MAX = 300, 65_536
LATER = "2099-01-01T18:30:00Z"
NOTHING_SAID = {"rating": None, "steer": None, "saved": False}
NEEDS_RECENT_SIGN_IN = {("DELETE", "v1/me"), ("GET", "v1/me/export")}
REFRESH_GRACE_SECONDS = 10

type Json = dict[str, Any]


@dataclass
class Answer:
    status: int
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - not an error of ours: what the caller is told
    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        body = {"type": "about:blank", "title": "", "status": status, "detail": detail, "request_id": "", "errors": []}
        self.answer = Answer(status, body | extra, headers or {})


@dataclass
class User:
    user_id: str
    email: str
    password: str
    name: str | None
    language: str
    age_limit: int | None = None
    weekly_letter: bool = False
    feedback: dict[str, Json] = field(default_factory=dict)
    rated_at: float = 0.0
    confirmed: bool = True
    is_gigachat_on: bool = True
    is_from_elsewhere: bool = False
    operator: FakeOperator | None = None  # what they see, where they are one
    told: list[Json] = field(default_factory=list)  # events, in the order in which they came


class FakeApi:
    """One catalogue, its users and their tokens. `fail` plans failures; `access_seconds` is how long a token lives."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.access: dict[str, tuple[str, float]] = {}  # token → email, until
        self.refresh: dict[str, tuple[str, float | None]] = {}  # token → email, first used at
        self.faults: list[tuple[str, str, int, int]] = []  # method, path prefix, status, times left
        self.requests: list[tuple[str, str]] = []
        self.described = Described()
        self.strays: list[str] = []  # what of requests and answers the real API's document does not know
        self.delay_seconds = 0.0
        self.access_seconds = 900.0
        self.is_sign_in_old = False
        self.codes: dict[str, str] = {}  # of letters → email
        self.others = ["there"]  # sessions on other devices
        self.work_bits = 0  # a sign-in is refused without so much work
        self.is_gigachat_on = True
        self.has_plots = True
        self.times_asked = 0  # of words that the model reads
        self.evenings = FakeEvenings()
        self.planted_film: Json | None = None  # what the first film of every list has instead of its own

    def fail(self, method: str, prefix: str, status: int, times: int = 1) -> None:
        """The next `times` requests of that kind are answered with the status."""
        self.faults.append((method, prefix, status, times))

    def expire_access(self) -> None:
        """All access tokens are refused from now on."""
        self.access.clear()

    def handle(self, method: str, target: str, headers: dict[str, str], body: Json | None) -> Answer:
        """The answer to one request below the stage."""
        parts = urlsplit(target)
        path = parts.path.removeprefix("/")
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        self.requests.append((method, path))
        time.sleep(self.delay_seconds)
        if planned := self._fault(method, path):
            return planned
        try:
            answer = self._route(method, path, query, headers, body or {})
        except Refused as refused:
            answer = refused.answer
        self.strays += self.described.strays(method, path, parts.query, body, answer.status, answer.body)
        return answer

    def _fault(self, method: str, path: str) -> Answer | None:
        for place, (wanted, prefix, status, left) in enumerate(self.faults):
            if method == wanted and path.startswith(prefix) and left > 0:
                self.faults[place] = (wanted, prefix, status, left - 1)
                return Refused(status, "As planned by the test.").answer
        return None

    def _route(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Json) -> Answer:
        language = "en" if headers.get("accept-language", "").startswith("en") else "ru"
        steps = path.split("/")[1:]
        match [method, *steps]:
            case ["POST", "auth", "register"]:
                return self._register(body)
            case ["POST", "auth", "session", "login"]:
                return self._login(body)
            case ["POST", "auth", "session", "refresh"]:
                return self._refresh(refresh_token_in(headers) or "")
            case ["POST", "auth", "session", "logout"]:
                return Answer(204, None, {"Set-Cookie": ended_cookie({"host": "127.0.0.1"})})
            case ["POST", "auth", "reset"]:
                return Answer(202, {"state": "accepted"})
            case ["POST", "auth", "reset", "confirm"]:
                return self._reset(body)
            case ["POST", "auth", "confirm"]:
                return self._confirm(body)
            case [_, "films", *more]:
                return self._films(more, query, headers, body, language)
            case [_, "evenings", code, *more]:
                return self._evening(method, code, more, headers, body, language)
        user = self._user(headers)
        if (method, path) in NEEDS_RECENT_SIGN_IN and self.is_sign_in_old:
            raise Refused(401, "Sign in again.", error="insufficient_user_authentication")
        private: dict[tuple[str, str], Callable[[], Answer]] = {
            ("GET", "me"): lambda: Answer(200, profile(user)),
            ("PATCH", "me"): lambda: self._change(user, body),
            ("DELETE", "me"): lambda: self._delete(user),
            ("GET", "me/sessions"): self._sessions,
            ("PUT", "me/password"): lambda: self._password(user, body),
            ("GET", "me/export"): lambda: Answer(200, {**profile(user), "feedback": list(user.feedback.values())}),
            ("GET", "feedback"): lambda: self._feedback(user, query),
            ("POST", "feedback/import"): lambda: self._import(user, body),
            ("GET", "recommendations"): lambda: Answer(200, self._home(user, query)),
            ("POST", "ask"): lambda: self._ask(user, body),
            ("POST", "evenings"): lambda: Answer(201, self.evenings.open(user.user_id, user.language)),
            ("POST", "events"): lambda: self._told(user, body),
            ("POST", "recommendations/refresh"): lambda: Answer(202, {"state": "waiting", "available_at": LATER}),
        }  # fmt: skip
        if view := private.get((method, "/".join(steps))):
            return view()
        if steps[0] == "operator" and user.operator:
            return Answer(*user.operator.answer(method, steps[1:], query))
        if steps[:2] == ["me", "sessions"] and method == "DELETE":
            self.others.remove(steps[2])
            return Answer(204)
        if steps[0] == "feedback" and method in ("PUT", "DELETE"):
            return self._rate(user, steps[1], body if method == "PUT" else NOTHING_SAID)
        raise Refused(404, "There is no such path.")

    def _films(
        self, steps: list[str], query: dict[str, str], headers: dict[str, str], body: Json, language: str
    ) -> Answer:
        """The routes that are open to strangers; whoever sends a token must send a good one."""
        own = self._user(headers).age_limit if "authorization" in headers else None
        asked = int(query["age_limit"]) if "age_limit" in query else None
        shown = {film_id: film for film_id, film in FILMS.items() if is_for(film, narrower(own, asked))}
        match steps:
            case []:
                return self._search(list(shown.values()), query, language)
            case ["titles"]:
                titles = {one: title(shown[one], language) for one in body["film_ids"] if one in shown}
                return Answer(200, {"titles": titles, "missing": [one for one in body["film_ids"] if one not in shown]})
        film = shown.get(steps[0])
        if film is None:
            raise Refused(404, "There is no such film.")
        if len(steps) == 1:
            return Answer(200, self._details(film, language))
        genres = set(film["genres"])
        alike = sorted(shown.values(), key=lambda other: (other is film, -len(genres & set(other["genres"]))))
        return Answer(200, {"films": [card(other, language) for other in alike[:12]]})

    def _evening(
        self, method: str, code: str, steps: list[str], headers: dict[str, str], body: Json, language: str
    ) -> Answer:
        """Of two people; whoever sends a token must send a good one."""
        user = self._user(headers) if "authorization" in headers else None
        seated = Seated(
            user.user_id if user else f"guest#{headers.get('x-guest', '')}", user.language if user else language
        )
        if not user and "x-guest" not in headers and steps == ["join"]:
            raise Refused(400, "Send a guest's token.")
        try:
            return Answer(*self.evenings.handle(method, code, steps, body, seated))
        except NoEvening as no:
            raise Refused(no.status, "There is no such evening, or it is over.") from None

    def _user(self, headers: dict[str, str]) -> User:
        email, until = self.access.get(headers.get("authorization", "").removeprefix("Bearer "), ("", 0.0))
        if time.monotonic() > until or email not in self.users:
            raise Refused(401, "Unauthorized")
        return self.users[email]

    def _register(self, body: Json) -> Answer:
        if body["email"] in self.users:
            raise Refused(409, "The email is taken.")
        user = User(str(uuid.uuid4()), body["email"], body["password"], body.get("name"), body.get("language", "ru"))
        self.users[user.email] = user
        return Answer(201, {name: profile(user)[name] for name in ("user_id", "email", "name", "language")})

    def _login(self, body: Json) -> Answer:
        if self.work_bits and not self._is_worked(**body.get("proof", {})):
            work = {"challenge": "so much", "bits": self.work_bits}
            raise Refused(429, "Too many failed attempts.", {"Retry-After": "60"}, proof_of_work=work)
        user = self.users.get(body["email"])
        if user is None or user.password != body["password"]:
            raise Refused(401, "Wrong email or password.")
        self.is_sign_in_old = False
        return self._pair(user.email)

    def _reset(self, body: Json) -> Answer:
        user = self.users.get(self.codes.pop(body["token"], ""))
        if user is None:
            raise Refused(400, "This code is good for nothing.", errors=[{"field": "token", "message": "unknown"}])
        user.password = body["new_password"]
        return Answer(204)

    def _confirm(self, body: Json) -> Answer:
        user = self.users.get(self.codes.pop(body["token"], ""))
        if user is None:
            raise Refused(400, "This code is good for nothing.", errors=[{"field": "token", "message": "unknown"}])
        user.confirmed = True
        return Answer(204)

    def _sessions(self) -> Answer:
        times = {"started_at": now(), "last_used_at": now(), "expires_at": LATER, "device": None}
        here = times | {"session_id": "here", "current": True, "device": "Chrome, Android"}
        return Answer(
            200, {"sessions": [here, *(times | {"session_id": one, "current": False} for one in self.others)]}
        )

    def _is_worked(self, challenge: str = "", solution: str = "") -> bool:
        digest = hashlib.sha256(f"{challenge}:{solution}".encode()).digest()
        return challenge == "so much" and leading_zeros(digest) >= self.work_bits

    def _refresh(self, used: str) -> Answer:
        email, used_at = self.refresh.get(used, ("", 0.0))
        if email not in self.users or (used_at is not None and time.monotonic() - used_at > REFRESH_GRACE_SECONDS):
            raise Refused(401, "The session has ended.")
        self.refresh[used] = (email, used_at or time.monotonic())
        return self._pair(email)

    def _pair(self, email: str) -> Answer:
        access, refresh = uuid.uuid4().hex, uuid.uuid4().hex
        self.access[access] = (email, time.monotonic() + self.access_seconds)
        self.refresh[refresh] = (email, None)
        body = {"access_token": access, "token_type": "Bearer", "expires_in": int(self.access_seconds)}
        cookie = kept_cookie(refresh, 3600, {"host": "127.0.0.1"})
        return Answer(200, body, {"Set-Cookie": cookie})

    def _change(self, user: User, body: Json) -> Answer:
        user.language = body.get("language", user.language)
        user.name = body.get("name", user.name)
        user.age_limit = body.get("age_limit", user.age_limit)
        user.weekly_letter = body.get("weekly_letter", user.weekly_letter)
        return Answer(200, profile(user))

    def _delete(self, user: User) -> Answer:
        del self.users[user.email]
        return Answer(204)

    def _password(self, user: User, body: Json) -> Answer:
        if body["current_password"] != user.password:
            raise Refused(401, "The current password is wrong.")
        user.password = body["new_password"]
        self.refresh.clear()
        return Answer(204)

    def _search(self, films: list[Json], query: dict[str, str], language: str) -> Answer:
        text = query.get("query", "").lower()
        found = [film for film in films if text in film["title_en"].lower() or text in film["title_ru"].lower()]
        found = [film for film in found if is_of(film, query)]
        start = int(query.get("cursor", 0))
        end = start + int(query.get("limit", 20))
        cards = [card(film, language) for film in found[start:end]]
        return Answer(200, {"films": cards, "next_cursor": str(end) if end < len(found) else None, "match": "all"})

    def _ask(self, user: User, body: Json) -> Answer:
        """Understands names of genres, and a year as the last one wished."""
        said = body.get("text", "").lower().split()
        genres = [word.capitalize() for word in said if word.capitalize() in {"Comedy", "Drama", "Western"}]
        plan = [{"kind": "genre", "value": genre, "text": genre} for genre in genres]
        plan += [{"kind": "year_to", "value": int(word), "text": word} for word in said if word.isdigit()]
        plan = body.get("understood", plan)
        source, state = "search", "fresh"
        if "cosy" in said:  # what the rules do not understand, and the model does after some time
            self.times_asked += 1
            is_read = self.times_asked > 2
            source, state = ("gigachat", "fresh") if is_read else ("search", "updating")
            plan = [{"kind": "genre", "value": "Western" if is_read else "Comedy", "text": "cosy"}]
        films = [
            card(film, user.language) | {"source": "search", "reason": "Meets what was asked."}
            for film in FILMS.values()
            if plan and film["film_id"] not in user.feedback and all(_meets(film, wish) for wish in plan)
        ]
        dropped = [{"kind": "words", "value": word, "text": word} for word in said if word == "purple"]
        found = {"films": films[: body["limit"]], "understood": plan, "dropped": dropped}
        return Answer(200, found | {"source": source, "state": state})

    def _details(self, film: Json, language: str) -> Json:
        more = {"directors": ["Андрей Тарковский"], "actors": ["Алиса Фрейндлих", "Александр Кайдановский"]}
        text = "Проводник ведёт двоих через Зону — туда, где исполняется самое заветное желание."
        return card(film, language) | more | {
            "countries": ["СССР"], "alternative_titles": [], "description": text if self.has_plots else None,
            "runtime_minutes": 163, "critics_rating": 100, "awards": ["Oscar"],
            "audience_rating": 8.6, "audience_votes": 321, "imdb_id": None,
        }  # fmt: skip

    def _rate(self, user: User, film_id: str, body: Json) -> Answer:
        film = _film(film_id)
        held = user.feedback.get(film_id, NOTHING_SAID)
        item = held | body
        if any(item[name] != held[name] for name in ("rating", "steer")):
            user.rated_at = time.monotonic()
        if item["rating"] == "like" and item["steer"] == "exclude":
            item["steer" if "rating" in body and body.get("steer") is None else "rating"] = None
        if not (item["rating"] or item["steer"] or item["saved"]):
            user.feedback.pop(film_id, None)
            return Answer(204)
        stored = {"film_id": film_id, "title": title(film, user.language), "year": film["year"], "updated_at": now()}
        kept = {name: item[name] for name in NOTHING_SAID} | {"available": is_for(film, user.age_limit)}
        kept |= {name: film[name] for name in ("genres", "imdb_rating", "poster_url")}
        user.feedback[film_id] = stored | kept
        return Answer(200, user.feedback[film_id])

    def _feedback(self, user: User, query: dict[str, str]) -> Answer:
        wanted: Json = {key: query[key] for key in ("rating", "steer") if key in query}
        wanted |= {"saved": query["saved"] == "true"} if "saved" in query else {}
        items = [item for item in user.feedback.values() if all(item[key] == value for key, value in wanted.items())]
        return Answer(200, {"feedback": items[::-1], "next_cursor": None})

    def _import(self, user: User, body: Json) -> Answer:
        by_title = {title(film, language): film for film in FILMS.values() for language in ("ru", "en")}
        unmatched = []
        rows = list(csv.DictReader(io.StringIO(body["csv"])))
        if len(rows) > IMPORT_ROWS_MAX or len(json.dumps(body, ensure_ascii=False).encode()) > BODY_BYTES_MAX:
            raise Refused(413, "Too many rows or bytes.")
        for line, row in enumerate(rows, 2):
            film = by_title.get(row["title"])
            if film is None:
                unmatched.append({"line": line, "title": row["title"], "year": int(row["year"] or 0) or None})
            else:
                self._rate(user, film["film_id"], {"rating": row["rating"]})
        return Answer(
            200,
            {
                "imported": len(rows) - len(unmatched),
                "unmatched": unmatched,
                "neutral": 0,
                "ambiguous": [],
                "left_out": [],
            },
        )

    def _told(self, user: User, body: Json) -> Answer:
        user.told += body["events"]
        return Answer(202, {"accepted": len(body["events"])})

    def _home(self, user: User, query: dict[str, str]) -> Json:
        limit = narrower(user.age_limit, int(query["age_limit"]) if "age_limit" in query else None)
        since = time.monotonic() - user.rated_at
        liked = [film_id for film_id, item in user.feedback.items() if item["rating"] == "like"]
        is_rebuilt = bool(liked) and since > REBUILD_SECONDS
        judged = [item for item in user.feedback.values() if item["rating"] or item["steer"]]
        is_asked = self.is_gigachat_on and len(judged) >= ASK_AFTER
        is_answered = is_asked and since > ANSWER_SECONDS
        source = "gigachat" if is_answered else "personal" if is_rebuilt else "top"
        is_coming = (bool(liked) and not is_rebuilt) or (is_asked and not is_answered)
        films = [film for film_id, film in FILMS.items() if film_id not in user.feedback and is_for(film, limit)]
        films = [film for film in films if is_of(film, query)]
        if source != "top":
            wanted = set(FILMS[liked[-1]]["genres"])
            films.sort(key=lambda film: -len(wanted & set(film["genres"])))
        shown = [listed(film, place, source, liked, user.language) for place, film in enumerate(films[:60])]
        made = f"{source}-{len(judged)}"
        if self.planted_film and shown:
            shown[0] |= self.planted_film
        generated_at = f"2026-11-20T18:{len(made):02}:{len(judged):02}Z"
        state = "updating" if is_coming else "fresh"
        found = {
            "films": shown,
            "source": source,
            "state": state,
            "generated_at": generated_at,
            "list_version": versioned(made, shown),
            "taste": list(GIGACHATS_TASTE[user.language]) if source == "gigachat" and limit is None else [],
        }
        return found | {"next_cursor": None}


def _meets(film: Json, wish: Json) -> bool:
    if wish["kind"] == "year_to":
        return bool(film["year"] <= wish["value"])
    named = {one.strip() for one in wish["value"].split(",")} if wish["kind"].endswith("genre") else set()
    return not named or named.isdisjoint(film["genres"]) == (wish["kind"] == "not_genre")


def _film(film_id: str) -> Json:
    if film_id not in FILMS:
        raise Refused(404, "No such film.")
    return FILMS[film_id]


def profile(user: User) -> Json:
    """What GET /v1/me answers."""
    return {
        "user_id": user.user_id, "roles": ["viewer", "operator"] if user.operator else ["viewer"],
        "email": None if user.is_from_elsewhere else user.email, "name": user.name, "language": user.language,
        "age_limit": user.age_limit, "region": None, "created_at": "2026-11-20T18:00:00Z",
        "confirmed": user.confirmed, "weekly_letter": user.weekly_letter,
    }  # fmt: skip


def now() -> str:
    """This moment, as the API writes moments."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")

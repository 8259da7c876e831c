"""What viewers do: each request is a task, and what it was told is evidence."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.auth import accounts, sessions
from chalicelib.auth.admission import Admission
from chalicelib.auth.leaving.erasure import erase_account
from chalicelib.auth.sign_in import sign_in
from chalicelib.catalog.model import Film
from chalicelib.feedback.give_feedback import Change, give_feedback, take_back
from chalicelib.feedback.history_import import import_history
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.home import HomePage, home_page
from chalicelib.recommendations.listed_film import find_listed_film
from chalicelib.recommendations.refresh import refresh
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS
from tests import factories
from tests.auth_world import PASSWORD
from tests.simulation.deployment import TIMEOUTS, Deployment
from tests.simulation.evidence import Login, Word
from tests.simulation.stores import FILMS, GENRES
from tests.simulation.tasks import Ended, Task

DEFECTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, AssertionError)
"""What no service that is away raises: a defect of the code, or of the simulation."""


class Viewers:
    """The requests that viewers make of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment, self.schedule, self.evidence = deployment, deployment.schedule, deployment.evidence
        self._passwords = dict.fromkeys(deployment.users, PASSWORD)
        self._changes = 0

    def may_call(self, user_id: str) -> bool:
        """The authorizer lets a deleted viewer in for as long as it keeps its answer."""
        gone = self.evidence.deleted.get(user_id)
        return gone is None or self.schedule.now - gone < timedelta(seconds=AUTHORIZER_CACHE_SECONDS)

    def change(self, user_id: str, film: Film, change: Change, skew: float = 0.0) -> Task:
        """`PUT /v1/feedback/{film}`."""
        word = self._word(user_id, film, Word("change", self.schedule.steps, change=change))
        deployment = self.deployment

        def run() -> Feedback | None:
            find_listed = lambda *names: find_listed_film(deployment.store, *names)  # noqa: E731
            return give_feedback(deployment.feedback, lambda: deployment.catalog, find_listed, user_id,
                                 film.film_id, change, "ru", self.schedule.clock(),
                                 unconfirmed=user_id in deployment.unconfirmed)  # fmt: skip

        def ended(result: Feedback | None, error: BaseException | None) -> None:
            self._end([word], error)
            word.answer = (result.rating, result.steer) if result else None

        said = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        return self._request(user_id, f"PUT {film.titles.main} {said}", run, ended, skew)

    def take_back(self, user_id: str, film: Film, skew: float = 0.0) -> Task:
        """`DELETE /v1/feedback/{film}`."""
        word = self._word(user_id, film, Word("delete", self.schedule.steps))
        run = lambda: take_back(self.deployment.feedback, user_id, film.film_id)  # noqa: E731
        ended = lambda _, error: self._end([word], error)  # noqa: E731
        return self._request(user_id, f"DELETE {film.titles.main}", run, ended, skew)

    def bring(self, user_id: str, rows: Sequence[tuple[Film, str]], skew: float = 0.0) -> Task:
        """`POST /v1/feedback/import`."""
        lines = [f"{film.titles.main},{film.year},{rating}" for film, rating in rows]
        text = "\n".join(["title,year,rating", *lines, ""])
        began = self.schedule.steps
        words = [self._word(user_id, film, Word("import", began, rating=rating)) for film, rating in rows]
        feedback, catalog = self.deployment.feedback, self.deployment.catalog

        def run() -> Any:
            return import_history(feedback, catalog, user_id, text, "plain", "ru", self.schedule.clock(),
                                  unconfirmed=user_id in self.deployment.unconfirmed)  # fmt: skip

        def ended(result: Any, error: BaseException | None) -> None:
            self._end(words, error)
            if result and result.unmatched:  # films that the catalogue lacks just now: nothing was promised
                missing = {one.title for one in result.unmatched}
                for word, (film, _) in zip(words, rows, strict=True):
                    word.acknowledged = word.acknowledged and film.titles.main not in missing

        return self._request(user_id, f"IMPORT {'; '.join(lines)}", run, ended, skew)

    def wish(self, user_id: str, skew: float = 0.0) -> Task:
        """`POST /v1/recommendations/refresh`."""
        at, state = self.schedule.now, self.deployment.truth(user_id).state
        open_key = state.question_key if state.refresh_requested_at else ""  # one wish, one question
        self.evidence.wished[user_id] = at

        def run() -> Any:
            return refresh(self.deployment.gate, user_id, self.schedule.clock())

        def ended(_: Any, error: BaseException | None) -> None:
            self.evidence.wished[user_id] = self.schedule.now
            if error is None:
                self.evidence.wishes.append((user_id, at, open_key))

        return self._request(user_id, "REFRESH", run, ended, skew)

    def look(self, user_id: str, skew: float = 0.0) -> Task:
        """`GET /v1/recommendations`: what is on it must be neither rated nor withdrawn."""
        rated = {key: since for key, since in self.evidence.present.items() if key[0] == user_id}
        withdrawn = dict(self.evidence.withdrawn)
        deployment = self.deployment

        def run() -> HomePage:
            return home_page(deployment.store, deployment.feedback, lambda: deployment.catalog.top(len(FILMS)),
                             user_id, "ru", 100, None, self.schedule.clock(), None, deployment.catalog)  # fmt: skip

        def ended(page: HomePage, error: BaseException | None) -> None:
            if error or user_id in self.evidence.deleted:
                return
            self.evidence.pages += 1
            for film in page.films:
                key = (user_id, film.film_id)
                if key in rated and self.evidence.present.get(key) == rated[key]:
                    self.violated("rated film shown", f"{film.title}, rated since step {rated[key]}")
                since = withdrawn.get(film.film_id)
                # While the catalogue does not answer, the list is shown as it was stored.
                if since is not None and self.evidence.withdrawn.get(film.film_id) == since and not task.failed:
                    self.violated("withdrawn film shown", f"{film.title}, withdrawn since step {since}")

        task = self._request(user_id, "HOME", run, ended, skew)
        return task

    def leave(self, user_id: str, skew: float = 0.0) -> Task:
        """`DELETE /v1/me`."""
        run = lambda: erase_account(user_id, self.deployment.accounts, self.schedule.clock())  # noqa: E731
        return self._request(user_id, "LEAVE", run, lambda *_: None, skew)

    def sign_in(self, user_id: str, skew: float = 0.0) -> Task:
        """`POST /v1/auth/login`, by the owner or by a thief who knows the password."""
        number, password = self.deployment.users.index(user_id), self._passwords[user_id]

        def run() -> sessions.TokenPair:
            address = f"viewer{number}@example.com"
            return sign_in(address, password, "192.0.2.1", self.deployment.auth, self.schedule.clock())

        def ended(pair: sessions.TokenPair, error: BaseException | None) -> None:
            account = self.deployment.accounts_truth.find(user_id)
            if error is None and account:
                login = Login(user_id, account.password_hash, pair.refresh_token, pair.access_token)
                self.evidence.logins.append(login)

        return self._request(user_id, "SIGN IN", run, ended, skew)

    def change_password(self, user_id: str, skew: float = 0.0) -> Task:
        """`PUT /v1/me/password`. Whoever dies over it has changed it or not, and tries the newer one first."""
        self._changes += 1
        before, after = self._passwords[user_id], f"eleven green bottles {self._changes}"

        def run() -> None:
            accounts.change_password(user_id, before, after, self.deployment.auth, self.schedule.clock())

        def ended(_: Any, error: BaseException | None) -> None:
            account = self.deployment.accounts_truth.find(user_id)
            if account and account.session_epoch != epoch:
                self._passwords[user_id] = after

        held = self.deployment.accounts_truth.find(user_id)
        epoch = held.session_epoch if held else 0
        return self._request(user_id, "PASSWORD", run, ended, skew)

    def come_back(self, login: Login, skew: float = 0.0) -> Task:
        """A call with the access token, then `POST /v1/auth/refresh`: both are over when the password was changed."""
        account = self.deployment.accounts_truth.find(login.user_id)
        over = account is None or account.password_hash != login.password_hash
        auth = self.deployment.auth
        admission = Admission(auth.keys, lambda: auth.accounts, lambda: auth.sessions, auth.settings)

        def run() -> sessions.TokenPair:
            try:
                admission.admit(login.access_token, self.schedule.clock())
            except Exception as error:  # noqa: BLE001 - refused, or something is away
                self.schedule.say(f"  not admitted: {error!r}")
            else:
                if over:
                    self.violated("old session ends", "an access token of an old password was admitted")
            return sessions.refresh(login.refresh_token, auth, self.schedule.clock())

        def ended(pair: sessions.TokenPair, error: BaseException | None) -> None:
            if error is None:
                login.refresh_token, login.access_token = pair.refresh_token, pair.access_token
                if over:
                    self.violated("old session ends", "a refresh token of an old password was exchanged")

        return self._request(login.user_id, "COME BACK", run, ended, skew)

    def confirm(self, user_id: str) -> None:
        """The viewer's address is confirmed: what is said from now on comes from somebody known."""
        if user_id in self.deployment.unconfirmed:
            self.schedule.say(f"CONFIRMED {user_id[-2:]}")
            self.deployment.unconfirmed.discard(user_id)

    def bring_out(self) -> None:
        """A film that nobody has seen comes into the catalogue."""
        number = len(self.evidence.premieres) + 1
        genre = self.schedule.random.choice(GENRES)
        new = factories.film(f"Premiere {number}", genres=(genre,), year=1990, added_at=self.schedule.now)
        self.schedule.say(f"PREMIERE {new.titles.main}")
        self.evidence.premieres[new.film_id] = self.schedule.now
        self.deployment.catalog_truth.films[new.film_id] = new

    def withdraw(self, film: Film) -> None:
        """The catalogue is reloaded without the film."""
        if self.deployment.catalog_truth.films.pop(film.film_id, None):
            self.schedule.say(f"WITHDRAWN {film.titles.main}")
            self.evidence.withdrawn[film.film_id] = self.schedule.steps

    def bring_back(self, film: Film) -> None:
        """And with it again."""
        if self.evidence.withdrawn.pop(film.film_id, None) is not None:
            self.schedule.say(f"BACK {film.titles.main}")
            self.deployment.catalog_truth.films[film.film_id] = film

    def violated(self, promise: str, detail: str) -> None:
        """A promise is broken."""
        self.evidence.violations.append((promise, detail))
        self.schedule.say(f"!! {promise}: {detail}")

    def _word(self, user_id: str, film: Film, word: Word) -> Word:
        self.evidence.words[user_id, film.film_id].append(word)
        return word

    def _end(self, words: Sequence[Word], error: BaseException | None) -> None:
        for word in words:
            word.ended, word.acknowledged = self.schedule.steps, error is None

    def _request(self, user_id: str, label: str, run: Callable[[], Any], ended: Ended, skew: float) -> Task:
        self.evidence.requests += 1

        def ended_well(result: Any, error: BaseException | None) -> None:
            if isinstance(error, DEFECTS):
                self.violated("no defect", f"{label}: {error!r}")
            ended(result, error)

        return self.schedule.start("api", f"{user_id[-2:]} {label}", run, ended_well, timeout_seconds=TIMEOUTS["api"],
                                   skew=skew, user_id=user_id)  # fmt: skip

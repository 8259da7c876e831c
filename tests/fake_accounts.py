"""In-memory stores of accounts, sessions and attempts. A lock stands for DynamoDB's conditional writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from chalicelib.auth.elsewhere.model import ForeignProfile
from chalicelib.auth.leaving.erasure import PurgeAgain
from chalicelib.auth.letters.port import Code, Letter, LetterWanted
from chalicelib.auth.model import Account, Attempts, EmailTakenError, Session
from chalicelib.language import Language


class FakeAccountStore:
    """Accounts in a dictionary."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.claims: dict[str, str] = {}
        self.tombstones: dict[str, datetime] = {}
        self._lock = Lock()

    def add(self, account: Account) -> None:
        with self._lock:
            if account.email in self.claims:
                raise EmailTakenError("taken")
            self.claims[account.email], self.accounts[account.user_id] = account.user_id, account

    def find(self, user_id: str) -> Account | None:
        return self.accounts.get(user_id)

    def find_user_id(self, email: str) -> str | None:
        return self.claims.get(email)

    def change_profile(
        self,
        user_id: str,
        name: str | None,
        language: Language,
        age_limit: int | None = None,
        region: str | None = None,
    ) -> bool:
        given = {"name": name, "language": language, "age_limit": age_limit, "region": region}
        return self._change(user_id, lambda _: True, **given)

    def set_letters(self, user_id: str, since: datetime | None) -> bool:
        return self._change(user_id, lambda _: True, letters_since=since)

    def change_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        held = self.accounts.get(user_id)
        epoch = held.session_epoch + 1 if held else 0
        return self._change(
            user_id, lambda account: account.password_hash == old_hash, password_hash=new_hash, session_epoch=epoch
        )

    def confirm(self, user_id: str, now: datetime) -> None:
        self._change(user_id, lambda account: account.confirmed_at is None, confirmed_at=now)

    def rehash_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        return self._change(user_id, lambda account: account.password_hash == old_hash, password_hash=new_hash)

    def erase(self, account: Account, erased_at: datetime, forgotten_at: datetime) -> bool:  # noqa: ARG002
        with self._lock:
            if account.user_id not in self.accounts or self.claims.get(account.email) != account.user_id:
                return False
            del self.accounts[account.user_id], self.claims[account.email]
            self.tombstones[account.user_id] = forgotten_at
            return True

    def is_erased(self, user_id: str) -> bool:
        return user_id in self.tombstones

    def set_operator(self, user_id: str, *, is_operator: bool) -> bool:
        return self._change(user_id, lambda _: True, is_operator=is_operator)

    def _change(self, user_id: str, condition: Callable[[Account], bool], **fields: object) -> bool:
        with self._lock:
            account = self.accounts.get(user_id)
            if account is None or not condition(account):
                return False
            values = {name: getattr(account, name) for name in account.__struct_fields__} | fields
            self.accounts[user_id] = Account(**values)
            return True


class FakeSessionStore:
    """Sessions in a dictionary; `now` is the clock that expiry goes by."""

    def __init__(self, accounts: FakeAccountStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.sessions: dict[tuple[str, str], Session] = {}
        self.addresses: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._accounts, self._now, self._lock = accounts, now, Lock()

    def start(self, session: Session, password_hash: str) -> bool:
        with self._lock:
            account = self._accounts.find(session.user_id)
            if account is None or account.password_hash != password_hash:
                return False
            self.sessions[session.user_id, session.session_id] = session
            return True

    def find(self, user_id: str, session_id: str) -> Session | None:
        session = self.sessions.get((user_id, session_id))
        return session if session and session.expires_at > self._now() else None

    def put_rotated(self, old: Session, new: Session) -> bool:
        with self._lock:
            if self.sessions.get((old.user_id, old.session_id)) != old:
                return False
            self.sessions[new.user_id, new.session_id] = new
            return True

    def revoke(self, user_id: str, session_id: str) -> None:
        self.sessions.pop((user_id, session_id), None)

    def revoke_all(self, user_id: str) -> None:
        self.sessions = {key: session for key, session in self.sessions.items() if key[0] != user_id}
        self.addresses = {key: until for key, until in self.addresses.items() if key[0] != user_id}

    def list_all(self, user_id: str) -> list[Session]:
        return [session for key, session in self.sessions.items() if key[0] == user_id]

    def count_addresses(self, user_id: str) -> int:
        return sum(key[0] == user_id for key in self.addresses)

    def is_familiar(self, user_id: str, address: str, epoch: int) -> bool:
        held, until = self.addresses.get((user_id, address), (-1, self._now()))
        return held == epoch and until > self._now()

    def remember_address(self, user_id: str, address: str, epoch: int, until: datetime) -> None:
        self.addresses[user_id, address] = epoch, until


class FakeAttemptStore:
    """Counters in a dictionary."""

    def __init__(self) -> None:
        self.counters: dict[str, tuple[Attempts, datetime]] = {}
        self._lock = Lock()

    def find(self, key: str, now: datetime) -> Attempts | None:
        found = self.counters.get(key)
        return found[0] if found and found[1] > now else None

    def take(self, key: str, now: datetime, limit: int, window_seconds: int, wait_seconds: int) -> int | None:
        with self._lock:
            found = self.find(key, now)
            if found and found.count >= limit and found.blocked_until > now:
                return None
            count = (found.count if found else 0) + 1
            until, gone = now + timedelta(seconds=wait_seconds), now + timedelta(seconds=window_seconds)
            self.counters[key] = (Attempts(count=count, blocked_until=until), gone)
            return count

    def admit(self, key: str, now: datetime, limit: int, window_seconds: int) -> bool:
        with self._lock:
            found = self.find(key, now)
            end = found.blocked_until if found else now + timedelta(seconds=window_seconds)
            if found and found.count >= limit:
                return False
            self.counters[key] = (Attempts(count=found.count + 1 if found else 1, blocked_until=end), end)
            return True

    def keep(self, key: str, counted: Attempts, forgotten_at: datetime) -> None:
        self.counters[key] = (counted, forgotten_at)

    def give_back(self, key: str) -> None:
        with self._lock:
            if key in self.counters and (held := self.counters[key])[0].count > 0:
                one_less = Attempts(count=held[0].count - 1, blocked_until=held[0].blocked_until)
                self.counters[key] = (one_less, held[1])

    def block(self, key: str, until: datetime, forgotten_at: datetime) -> None:
        if key in self.counters:
            count = self.counters[key][0].count
            self.counters[key] = (Attempts(count=count, blocked_until=until), forgotten_at)

    def forget(self, key: str) -> None:
        self.counters.pop(key, None)


class FakeErasureQueue:
    """Messages in a list, each with its delay."""

    def __init__(self) -> None:
        self.sent: list[tuple[PurgeAgain, int]] = []

    def send(self, message: PurgeAgain, delay_seconds: int) -> None:
        self.sent.append((message, delay_seconds))


class FakeCodeStore:
    """Codes in a dictionary."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Code] = {}
        self._lock = Lock()

    def put(self, code: Code) -> None:
        self.codes[code.user_id, code.sha256] = code

    def find(self, user_id: str, sha256: str) -> Code | None:
        return self.codes.get((user_id, sha256))

    def take(self, code: Code) -> bool:
        with self._lock:
            return self.codes.pop((code.user_id, code.sha256), None) is not None


class FakeLetterQueue:
    """Wishes in a list; a failure can be planned."""

    def __init__(self) -> None:
        self.sent: list[LetterWanted] = []
        self.failure: Exception | None = None

    def send(self, message: LetterWanted) -> None:
        if self.failure:
            raise self.failure
        self.sent.append(message)


class FakeMailer:
    """Letters in a list."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.sent.append(letter)


class FakeForeignStore:
    """Viewers from elsewhere in a dictionary, with the tombstones of an account store."""

    def __init__(self, accounts: FakeAccountStore) -> None:
        self.profiles: dict[str, ForeignProfile] = {}
        self._accounts, self._lock = accounts, Lock()

    def find(self, user_id: str) -> ForeignProfile | None:
        return self.profiles.get(user_id)

    def is_erased(self, user_id: str) -> bool:
        return self._accounts.is_erased(user_id)

    def put(self, profile: ForeignProfile) -> bool:
        with self._lock:
            if self.is_erased(profile.user_id):
                return False
            self.profiles[profile.user_id] = profile
            return True

    def erase(self, user_id: str, erased_at: datetime, forgotten_at: datetime) -> bool:  # noqa: ARG002
        with self._lock:
            if self.is_erased(user_id):
                return False
            self.profiles.pop(user_id, None)
            self._accounts.tombstones[user_id] = forgotten_at
            return True

    def readmit(self, user_id: str) -> None:
        self._accounts.tombstones.pop(user_id, None)

"""Accounts, sessions and attempt counters in DynamoDB.

Accounts (hash `pk`): `user#ID` the account, `email#DIGEST` who holds an address, `viewer#ID` what a viewer from
elsewhere has chosen, `erased#ID` a tombstone of either (TTL `expires_at`). Sessions (hash `pk`, range `sk`, TTL
`expires_at`): `user#ID` with `session#ID` and `address#DIGEST`; `attempts#KEY` with `attempts`. TTL removes late, so
every read looks at `expires_at` itself.
"""

import hashlib
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.auth.elsewhere.model import ForeignProfile
from chalicelib.auth.model import Account, Attempts, EmailTakenError, Session
from chalicelib.aws import opened
from chalicelib.batch_writer import BatchWriter
from chalicelib.compare_and_swap import is_written
from chalicelib.errors import UnavailableError
from chalicelib.patience import TABLE_PATIENCE

REFUSED = "ConditionalCheckFailed"
CONTENDED = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
TRIES = 5  # for a transaction that met another one on the same item, which botocore does not retry
BACKOFF_SECONDS = 0.02  # doubled each time: 0.6 s in all at the most


class AccountItem(Model):
    """Any item of the accounts table. `Meta` is set by the store, which knows the table's name."""

    pk = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    age_limit = NumberAttribute(null=True)
    region = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    session_epoch = NumberAttribute(null=True)
    confirmed_at = UnicodeAttribute(null=True)
    is_operator = BooleanAttribute(null=True)
    letters = UnicodeAttribute(null=True)
    letters_since = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class SessionItem(Model):
    """Any item of the sessions table."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = NumberAttribute()
    current_hash = UnicodeAttribute(null=True)
    previous_hash = UnicodeAttribute(null=True)
    previous_spent_at = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    epoch = NumberAttribute(null=True)
    started_at = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    blocked_until = NumberAttribute(null=True)


def digest(text: str) -> str:
    """What stands for an e-mail address or a network address in a key: stream records and error texts carry keys."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _connection() -> Connection:
    """For transactions; kept, because it holds a client."""
    return opened(Connection())


@cache
def _bound[M: Model](model: type[M], table: str) -> type[M]:
    meta = type("Meta", (TABLE_PATIENCE,), {"table_name": table})
    bound: type[M] = type(model.__name__, (model,), {"Meta": meta})
    return opened(bound)


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")


def _refused(error: TransactWriteError) -> tuple[bool, ...]:
    """Per step of the transaction, whether its own condition refused it."""
    return tuple(reason is not None and reason.code == REFUSED for reason in error.cancellation_reasons)


def _written(write: "list[tuple[str, tuple[Any, ...]]]") -> tuple[bool, ...]:
    """Runs the steps as one transaction: () when written, else which conditions refused. Contention is tried again."""
    for attempt in range(TRIES):
        try:
            with TransactWrite(connection=_connection()) as transaction:
                for step, arguments in write:
                    getattr(transaction, step)(*arguments)
        except TransactWriteError as error:
            if any(refused := _refused(error)):
                return refused
            if not any(reason and reason.code in CONTENDED for reason in error.cancellation_reasons):
                raise
            time.sleep(random.uniform(0, BACKOFF_SECONDS * 2**attempt))  # noqa: S311 - to part rivals, not to guard
        else:
            return ()
    raise UnavailableError("Too many changes at once; try again.")


class DynamoAccountStore:
    """The accounts table."""

    def __init__(self, table: str) -> None:
        self._items: type[AccountItem] = _bound(AccountItem, table)

    def add(self, account: Account) -> None:
        claim = self._items(f"email#{digest(account.email)}", user_id=account.user_id)
        item = self._items(
            f"user#{account.user_id}",
            user_id=account.user_id,
            email=account.email,
            password_hash=account.password_hash,
            name=account.name,
            language=account.language,
            created_at=account.created_at.isoformat(),
        )
        free = self._items.pk.does_not_exist()
        if _written([("save", (claim, free)), ("save", (item, free))]):
            raise EmailTakenError("This e-mail address has an account already.")

    def find(self, user_id: str) -> Account | None:
        item = self._get(f"user#{user_id}")
        if item is None:
            return None
        return Account(
            user_id=item.user_id,
            email=item.email or "",
            password_hash=item.password_hash or "",
            name=item.name,
            language="en" if item.language == "en" else "ru",
            age_limit=None if item.age_limit is None else int(item.age_limit),
            region=item.region,
            created_at=_moment(item.created_at),
            session_epoch=int(item.session_epoch or 0),
            confirmed_at=_moment(item.confirmed_at) if item.confirmed_at else None,
            is_operator=bool(item.is_operator),
            letters_since=_moment(item.letters_since) if item.letters_since else None,
        )

    def find_user_id(self, email: str) -> str | None:
        claim = self._get(f"email#{digest(email)}")
        return claim.user_id if claim else None

    def change_profile(
        self, user_id: str, name: str | None, language: str, age_limit: int | None = None, region: str | None = None
    ) -> bool:
        items = self._items
        actions: list[Any] = [
            items.name.remove() if name is None else items.name.set(name),
            items.age_limit.remove() if age_limit is None else items.age_limit.set(age_limit),
            items.region.remove() if region is None else items.region.set(region),
            items.language.set(language),
        ]
        return self._updated(user_id, actions, items.pk.exists())

    def set_letters(self, user_id: str, since: datetime | None) -> bool:
        """Two write units: the sparse index `letters` has whoever wants them. What was sent lately stays noted."""
        items = self._items
        on: list[Any] = [items.letters.set("on"), items.letters_since.set(since.isoformat() if since else "")]
        actions = on if since else [items.letters.remove(), items.letters_since.remove()]
        return self._updated(user_id, actions, items.pk.exists())

    def change_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        items = self._items
        actions = [items.password_hash.set(new_hash), items.session_epoch.add(1)]
        if self._updated(user_id, actions, items.password_hash == old_hash):
            return True
        account = self.find(user_id)  # the client's second try, after an answer was lost, meets its own first one
        return account is not None and account.password_hash == new_hash

    def confirm(self, user_id: str, now: datetime) -> None:
        items = self._items
        is_new = items.pk.exists() & items.confirmed_at.does_not_exist()
        self._updated(user_id, [items.confirmed_at.set(now.isoformat())], is_new)

    def rehash_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        items = self._items
        return self._updated(user_id, [items.password_hash.set(new_hash)], items.password_hash == old_hash)

    def erase(self, account: Account, erased_at: datetime, forgotten_at: datetime) -> bool:
        items = self._items
        tombstone = items(
            f"erased#{account.user_id}",
            user_id=account.user_id,
            erased_at=erased_at.isoformat(),
            expires_at=int(forgotten_at.timestamp()),
        )
        steps: list[tuple[str, tuple[Any, ...]]] = [
            ("save", (tombstone,)),
            ("delete", (items(f"user#{account.user_id}"), items.pk.exists())),
            ("delete", (items(f"email#{digest(account.email)}"), items.user_id == account.user_id)),
        ]
        return not _written(steps)

    def is_erased(self, user_id: str) -> bool:
        return self._get(f"erased#{user_id}") is not None

    def set_operator(self, user_id: str, *, is_operator: bool) -> bool:
        items = self._items
        action = items.is_operator.set(True) if is_operator else items.is_operator.remove()
        return self._updated(user_id, [action], items.pk.exists())

    def _get(self, pk: str) -> AccountItem | None:
        try:
            return self._items.get(pk, consistent_read=True)
        except self._items.DoesNotExist:
            return None

    def _updated(self, user_id: str, actions: list[Any], condition: Condition) -> bool:
        return is_written(lambda: self._items(f"user#{user_id}").update(actions, condition=condition))


class DynamoTombstones:
    """Who has had everything of theirs deleted: what may be brought in of others only."""

    def __init__(self, table: str) -> None:
        self._items = _bound(AccountItem, table)

    def among(self, user_ids: Sequence[str]) -> set[str]:
        """Those of these users for whom a tombstone stands; strongly consistent reads of up to 100 in one request: 1
        read unit each."""
        keys = [f"erased#{user_id}" for user_id in dict.fromkeys(user_ids)]
        found = self._items.batch_get(keys, consistent_read=True, attributes_to_get=["pk"])
        return {str(item.pk).removeprefix("erased#") for item in found}


class DynamoForeignStore:
    """The accounts table's part about viewers from elsewhere: what they have chosen, and the tombstones they leave."""

    def __init__(self, table: str) -> None:
        self._items: type[AccountItem] = _bound(AccountItem, table)

    def find(self, user_id: str) -> ForeignProfile | None:
        """1 read unit."""
        item = self._get(f"viewer#{user_id}")
        if item is None:
            return None
        return ForeignProfile(
            user_id=item.user_id,
            name=item.name,
            language="en" if item.language == "en" else "ru",
            age_limit=None if item.age_limit is None else int(item.age_limit),
            region=item.region,
        )

    def is_erased(self, user_id: str) -> bool:
        """1 read unit."""
        return self._get(f"erased#{user_id}") is not None

    def put(self, profile: ForeignProfile) -> bool:
        """A transaction: 4 write units."""
        item = self._items(
            f"viewer#{profile.user_id}",
            user_id=profile.user_id,
            name=profile.name,
            language=profile.language,
            age_limit=profile.age_limit,
            region=profile.region,
        )
        nobody = self._items.pk.does_not_exist()
        tombstone = (self._items, f"erased#{profile.user_id}", None, nobody)
        return not _written([("save", (item,)), ("condition_check", tombstone)])

    def erase(self, user_id: str, erased_at: datetime, forgotten_at: datetime) -> bool:
        """A transaction: 4 write units."""
        tombstone = self._items(
            f"erased#{user_id}",
            user_id=user_id,
            erased_at=erased_at.isoformat(),
            expires_at=int(forgotten_at.timestamp()),
        )
        chosen = self._items(f"viewer#{user_id}")
        nobody = self._items.pk.does_not_exist()
        return not _written([("save", (tombstone, nobody)), ("delete", (chosen,))])

    def readmit(self, user_id: str) -> None:
        """1 write unit."""
        self._items(f"erased#{user_id}").delete()

    def _get(self, pk: str) -> Any:
        try:
            return self._items.get(pk, consistent_read=True)
        except self._items.DoesNotExist:
            return None


class DynamoSessionStore:
    """The sessions table's part by user. Starting a session also checks the accounts table, in one transaction."""

    def __init__(self, table: str, accounts_table: str) -> None:
        self._items: type[SessionItem] = _bound(SessionItem, table)
        self._accounts: type[AccountItem] = _bound(AccountItem, accounts_table)

    def start(self, session: Session, password_hash: str) -> bool:
        same_password = self._accounts.password_hash == password_hash
        steps: list[tuple[str, tuple[Any, ...]]] = [
            ("save", (self._item(session),)),
            ("condition_check", (self._accounts, f"user#{session.user_id}", None, same_password)),
        ]
        return not _written(steps)

    def find(self, user_id: str, session_id: str) -> Session | None:
        try:
            item = self._items.get(f"user#{user_id}", f"session#{session_id}", consistent_read=True)
        except self._items.DoesNotExist:
            return None
        return None if item.expires_at <= datetime.now(UTC).timestamp() else _session(item)

    def put_rotated(self, old: Session, new: Session) -> bool:
        same = (self._items.current_hash == old.current_hash) & (self._items.generation == old.generation)
        return is_written(lambda: self._item(new).save(condition=same))

    def revoke(self, user_id: str, session_id: str) -> None:
        self._items(f"user#{user_id}", f"session#{session_id}").delete()

    def revoke_all(self, user_id: str) -> None:
        with BatchWriter(self._items) as batch:
            for item in self._items.query(f"user#{user_id}", consistent_read=True, attributes_to_get=["pk", "sk"]):
                batch.delete(self._items(item.pk, item.sk))

    def list_all(self, user_id: str) -> list[Session]:
        sessions = self._items.sk.startswith("session#")
        return [_session(item) for item in self._items.query(f"user#{user_id}", sessions, consistent_read=True)]

    def count_addresses(self, user_id: str) -> int:
        return self._items.count(f"user#{user_id}", self._items.sk.startswith("address#"), consistent_read=True)

    def is_familiar(self, user_id: str, address: str, epoch: int) -> bool:
        try:
            item = self._items.get(f"user#{user_id}", f"address#{digest(address)}", consistent_read=True)
        except self._items.DoesNotExist:
            return False
        return bool(item.expires_at > datetime.now(UTC).timestamp() and int(item.epoch or 0) == epoch)

    def remember_address(self, user_id: str, address: str, epoch: int, until: datetime) -> None:
        sk, expires_at = f"address#{digest(address)}", int(until.timestamp())
        self._items(f"user#{user_id}", sk, epoch=epoch, expires_at=expires_at).save()

    def _item(self, session: Session) -> SessionItem:
        spent_at = session.previous_spent_at
        return self._items(
            f"user#{session.user_id}",
            f"session#{session.session_id}",
            expires_at=int(session.expires_at.timestamp()),
            current_hash=session.current_hash,
            previous_hash=session.previous_hash,
            previous_spent_at=spent_at.isoformat() if spent_at else None,
            generation=session.generation,
            epoch=session.epoch,
            started_at=session.started_at.isoformat(),
            device=session.device,
        )


def _session(item: SessionItem) -> Session:
    return Session(
        user_id=item.pk.removeprefix("user#"),
        session_id=item.sk.removeprefix("session#"),
        current_hash=item.current_hash or "",
        previous_hash=item.previous_hash,
        previous_spent_at=_moment(item.previous_spent_at) if item.previous_spent_at else None,
        generation=int(item.generation or 0),
        epoch=int(item.epoch or 0),
        started_at=_moment(item.started_at),
        device=item.device,
        expires_at=datetime.fromtimestamp(item.expires_at, UTC),
    )


class DynamoAttemptStore:
    """The sessions table's attempt counters."""

    def __init__(self, table: str) -> None:
        self._items: type[SessionItem] = _bound(SessionItem, table)

    def find(self, key: str, now: datetime) -> Attempts | None:
        try:
            item = self._items.get(f"attempts#{key}", "attempts", consistent_read=True)
        except self._items.DoesNotExist:
            return None
        if item.expires_at <= now.timestamp():
            return None
        until = datetime.fromtimestamp(item.blocked_until or 0, UTC)
        return Attempts(count=int(item.attempts or 0), blocked_until=until)

    def take(self, key: str, now: datetime, limit: int, window_seconds: int, wait_seconds: int) -> int | None:
        items, moment = self._items, now.timestamp()
        open_ = (items.attempts < limit) | (items.blocked_until <= moment)
        alive = items.expires_at > moment
        item = items(f"attempts#{key}", "attempts")
        again: list[Any] = [
            items.attempts.add(1),
            items.expires_at.set(int(moment) + window_seconds),
            items.blocked_until.set(moment + wait_seconds),
        ]
        if is_written(lambda: item.update(again, condition=alive & open_)):
            return int(item.attempts or 0)
        first = items(
            f"attempts#{key}",
            "attempts",
            attempts=1,
            expires_at=int(moment) + window_seconds,
            blocked_until=moment + wait_seconds,
        )
        if is_written(lambda: first.save(condition=items.pk.does_not_exist() | (items.expires_at <= moment))):
            return 1
        # Somebody else made the first attempt meanwhile, or the key is blocked.
        return int(item.attempts or 0) if is_written(lambda: item.update(again, condition=alive & open_)) else None

    def admit(self, key: str, now: datetime, limit: int, window_seconds: int) -> bool:
        items, moment = self._items, now.timestamp()
        end = int(moment) + window_seconds
        again = (items.expires_at > moment) & (items.attempts < limit)
        first = items(f"attempts#{key}", "attempts", attempts=1, expires_at=end, blocked_until=end)
        over = items.pk.does_not_exist() | (items.expires_at <= moment)
        return (
            self._counted(key, again)
            or is_written(lambda: first.save(condition=over))
            or self._counted(key, again)  # somebody else was the first meanwhile, or the window is full
        )

    def keep(self, key: str, counted: Attempts, forgotten_at: datetime) -> None:
        self._items(
            f"attempts#{key}",
            "attempts",
            attempts=counted.count,
            blocked_until=counted.blocked_until.timestamp(),
            expires_at=int(forgotten_at.timestamp()),
        ).save()

    def give_back(self, key: str) -> None:
        items = self._items
        is_written(lambda: items(f"attempts#{key}", "attempts").update([items.attempts.add(-1)], items.attempts > 0))

    def _counted(self, key: str, condition: Condition) -> bool:
        one_more: list[Any] = [self._items.attempts.add(1)]
        return is_written(lambda: self._items(f"attempts#{key}", "attempts").update(one_more, condition=condition))

    def block(self, key: str, until: datetime, forgotten_at: datetime) -> None:
        items = self._items
        longer: list[Any] = [
            items.blocked_until.set(until.timestamp()),
            items.expires_at.set(int(forgotten_at.timestamp())),
        ]
        is_written(lambda: items(f"attempts#{key}", "attempts").update(longer, condition=items.pk.exists()))

    def forget(self, key: str) -> None:
        self._items(f"attempts#{key}", "attempts").delete()

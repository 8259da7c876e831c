"""Opens stores, queues and clients for the edge, each once a process and only when first asked for.

The only module that knows which class stands behind a port. Use cases get what they need as arguments.
Imports are inside the functions, so that each Lambda loads its own libraries alone. When it does so is said at the
edge: while its worker starts (`init_phase.py`).
"""

import logging
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib import aws
from chalicelib.settings import queue_url, queues_with_dead_letters, settings
from chalicelib.tracing import hashed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Literal

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from chalicelib.auth.adapters.store import DynamoTombstones
    from chalicelib.auth.admission import Admission
    from chalicelib.auth.dependencies import Dependencies as AuthDependencies
    from chalicelib.auth.elsewhere.foreign_tokens import TrustedIssuers
    from chalicelib.auth.elsewhere.model import ForeignStore
    from chalicelib.auth.keys import KeyRing
    from chalicelib.auth.leaving.cooldown import Rests
    from chalicelib.auth.leaving.erasure import Erasers, ErasureQueue, Exporter
    from chalicelib.auth.letters.port import CodeStore, LetterQueue, Mailer
    from chalicelib.auth.model import AccountStore, AttemptStore, SessionStore
    from chalicelib.auth.server_keys import ServerKeys
    from chalicelib.auth.server_use import ServerUse, UseStore
    from chalicelib.catalog.adapters.imports import SqsStepQueue
    from chalicelib.catalog.adapters.opensearch.catalog import Administration
    from chalicelib.catalog.imports import ImportStore
    from chalicelib.catalog.meaning import FilmVectorStore
    from chalicelib.catalog.port import Catalog
    from chalicelib.feedback.bulk.taking import Taking
    from chalicelib.feedback.model import FeedbackStore, Listed
    from chalicelib.operator.dead_letters import DeadLetterQueues
    from chalicelib.operator.experiments import Parts as ExperimentParts
    from chalicelib.operator.status import Parts as StatusParts
    from chalicelib.outcomes.adapters.files import S3EventFiles
    from chalicelib.outcomes.adapters.store import DynamoOutcomes
    from chalicelib.outcomes.experiments.model import Experiment
    from chalicelib.outcomes.experiments.treatments import Treatments
    from chalicelib.outcomes.model import Counting, Resting, Telling
    from chalicelib.outcomes.pseudonyms import Pseudonyms
    from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
    from chalicelib.recommendations.ask import AskDependencies
    from chalicelib.recommendations.evenings.port import EveningStore
    from chalicelib.recommendations.item_similarity.daily import DailyDependencies, Likes
    from chalicelib.recommendations.llm.adapters.gigachat import GigaChatModel
    from chalicelib.recommendations.llm.budget import Budget
    from chalicelib.recommendations.llm.model_from_key import ModelFromKey
    from chalicelib.recommendations.messages import Outbox
    from chalicelib.recommendations.model import Source
    from chalicelib.recommendations.ports import FilmQuestionStore, SimilaritySource, TextStore
    from chalicelib.recommendations.premieres.ask_about import FilmDependencies
    from chalicelib.recommendations.questions.admission import Gate
    from chalicelib.recommendations.rebuild import Dependencies
    from chalicelib.recommendations.top_list import TopList
    from chalicelib.recommendations.wishes.ask_about_text import TextDependencies
    from chalicelib.recommendations.wishes.embed_films import EmbeddingDependencies
    from chalicelib.weekly.model import DueQueue, SubscriberStore
    from chalicelib.weekly.send import Sending


log = logging.getLogger(__name__)

COUNTING_WAIT_SECONDS = 120.0
"""For one day's events: the function has five minutes, and a day of a large site is read in some seconds."""


@cache
def catalog() -> "Catalog":
    """The catalogue that `CATALOG_URL` names, with the films that may be shown at all by now."""
    from chalicelib.catalog.shown import shown_to

    return shown_to(whole_catalog())


@cache
def whole_catalog() -> "Catalog":
    """The catalogue that `CATALOG_URL` names, for whoever changes it."""
    return open_catalog(settings().catalog_url)


def open_catalog(url: str, patience_seconds: float | None = None) -> "Catalog":
    """The catalogue at a `CATALOG_URL`; `patience_seconds` is how long one request to a search engine may take.

    Raises:
        ValueError: that is no address of a catalogue.
    """
    if url.startswith(("http://", "https://")) and urlsplit(url).hostname:
        from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog

        sign = settings().catalog_sign
        return OpenSearchCatalog(url, patience_seconds, sign) if patience_seconds else OpenSearchCatalog(url, sign=sign)
    from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog

    return EmbeddedCatalog(url)


@cache
def import_store() -> "ImportStore":
    """Where files of films lie until they are taken."""
    from chalicelib.catalog.adapters.imports import S3ImportStore

    return S3ImportStore(settings().imports_bucket)


@cache
def step_queue() -> "SqsStepQueue":
    """Where files wait for their next step."""
    from chalicelib.catalog.adapters.imports import SqsStepQueue

    return SqsStepQueue(aws.client("sqs"), queue_url("imports"))


def taking() -> "Taking":
    """What a step of an import of viewers' history works with."""
    from datetime import UTC, datetime

    from chalicelib.feedback.bulk.taking import Taking

    return Taking(
        import_store(),
        step_queue(),
        feedback_store(),
        whole_catalog().get_many,
        tombstones().among,
        settings().judgements_max,
        lambda: datetime.now(UTC),
    )


@cache
def film_vectors() -> "FilmVectorStore":
    """Films by meaning, at `MEANING_URL`."""
    known = settings()
    if known.meaning_url.startswith(("http://", "https://")):
        from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchFilmVectors

        return OpenSearchFilmVectors(known.meaning_url, sign=known.catalog_sign)
    from chalicelib.catalog.adapters.meaning_file import FilmVectorFile

    return FilmVectorFile(known.meaning_url)


def administration(url: str, sign: str) -> "Administration":
    """The search engine at a `CATALOG_URL`, for whoever administers it."""
    from chalicelib.catalog.adapters.opensearch.catalog import Administration

    return Administration(url, sign)


def publish_snapshot(built: "Path", url: str) -> None:
    """Makes a snapshot that the same code loaded into a local file earlier the one that counts at a `CATALOG_URL`."""
    import sqlite3
    from contextlib import closing

    from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
    from chalicelib.catalog.adapters.snapshot.local_place import LocalPlace

    with closing(sqlite3.connect(built)) as db:
        (films,) = db.execute("SELECT count(*) FROM films").fetchone()
    catalog = EmbeddedCatalog(url)
    catalog.install_built(LocalPlace(built).built(), films, catalog.last_change())


def fetched_catalog() -> "Catalog":
    """The catalogue after a first, empty question: its snapshot, 65 MB to fetch of a large one, is then at hand."""
    catalog().get_many(())
    return catalog()


@cache
def feedback_store() -> "FeedbackStore":
    """The feedback table."""
    from chalicelib.feedback.adapters.store import DynamoFeedbackStore

    return DynamoFeedbackStore(settings().feedback_table)


@cache
def token_keys() -> "KeyRing":
    """The access token keys, from Secrets Manager."""
    from chalicelib.auth.keys import KeyRing

    client: SecretsManagerClient = aws.client("secretsmanager")
    return KeyRing(lambda: client.get_secret_value(SecretId=settings().token_keys_secret)["SecretString"])


def fetched_token_keys() -> "KeyRing":
    """The access token keys, read: every token needs them."""
    token_keys().all()
    return token_keys()


@cache
def server_keys() -> "ServerKeys":
    """What is kept of the site's own servers' keys, from Secrets Manager."""
    from chalicelib.auth.server_keys import ServerKeys

    client: SecretsManagerClient = aws.client("secretsmanager")
    return ServerKeys(lambda: client.get_secret_value(SecretId=settings().server_keys_secret)["SecretString"])


@cache
def account_store() -> "AccountStore":
    """The accounts table."""
    return open_accounts(settings().accounts_table)


def open_accounts(table: str) -> "AccountStore":
    """The accounts in a table of that name."""
    from chalicelib.auth.adapters.store import DynamoAccountStore

    return DynamoAccountStore(table)


@cache
def tombstones() -> "DynamoTombstones":
    """Who has had everything of theirs deleted, in the accounts table."""
    from chalicelib.auth.adapters.store import DynamoTombstones

    return DynamoTombstones(settings().accounts_table)


@cache
def session_store() -> "SessionStore":
    """The sessions table."""
    from chalicelib.auth.adapters.store import DynamoSessionStore

    return DynamoSessionStore(settings().sessions_table, settings().accounts_table)


@cache
def attempt_store() -> "AttemptStore":
    """The throttle's counters, in the sessions table."""
    from chalicelib.auth.adapters.store import DynamoAttemptStore

    return DynamoAttemptStore(settings().sessions_table)


def admission() -> "Admission":
    """What checks an access token."""
    from chalicelib.auth.admission import Admission

    return Admission(token_keys(), account_store, session_store, settings(), foreign_store, trusted_issuers())


def opened_admission() -> "Admission":
    """What checks an access token, its stores open and the keys read: every token needs them. The keys of other issuers
    are on their way."""
    if issuers := trusted_issuers():
        issuers.start_fetching()
        foreign_store()
    account_store()
    session_store()
    fetched_token_keys()
    return admission()


@cache
def foreign_store() -> "ForeignStore":
    """Viewers from elsewhere, in the accounts table."""
    from chalicelib.auth.adapters.store import DynamoForeignStore

    return DynamoForeignStore(settings().accounts_table)


@cache
def server_use() -> "ServerUse":
    """How much server keys are used, counted in the sessions table."""
    from chalicelib.auth.server_use import ServerUse

    return ServerUse(open_uses(settings().sessions_table), settings().server_requests_per_minute)


def open_uses(table: str) -> "UseStore":
    """The use of server keys, as a sessions table of that name has it."""
    from chalicelib.auth.elsewhere.adapters.store import DynamoUseStore

    return DynamoUseStore(table)


@cache
def trusted_issuers() -> "TrustedIssuers | None":
    """The issuers that `TRUSTED_ISSUERS` names. A setting that makes no sense is logged and names none: viewers of our
    own come in all the same."""
    known = settings()
    if not known.trusted_issuers:
        return None
    from chalicelib.auth.elsewhere.adapters.documents import fetch
    from chalicelib.auth.elsewhere.foreign_tokens import TrustedIssuers
    from chalicelib.auth.elsewhere.issuer_keys import IssuerKeys, source_of
    from chalicelib.auth.elsewhere.trusted import parse

    try:
        trusted = parse(known.trusted_issuers, is_local=known.is_local)
    except ValueError:
        log.exception("TRUSTED_ISSUERS is not as it has to be")
        return None
    return TrustedIssuers.opened(
        trusted, lambda one: IssuerKeys(source_of(one, fetch, is_local=known.is_local), one.issuer)
    )


def auth_dependencies() -> "AuthDependencies":
    """What sign-in and sessions work with."""
    from chalicelib.auth.dependencies import Dependencies

    return Dependencies(account_store(), session_store(), attempt_store(), token_keys(), settings())


@cache
def erasure_queue() -> "ErasureQueue":
    """Where second purges wait."""
    from chalicelib.auth.adapters.queue import SqsErasureQueue

    return SqsErasureQueue(aws.client("sqs"), queue_url("erasure"))


@cache
def letter_queue() -> "LetterQueue":
    """Where wishes for letters wait."""
    from chalicelib.auth.adapters.queue import SqsLetterQueue

    return SqsLetterQueue(aws.client("sqs"), queue_url("letters"))


@cache
def code_store() -> "CodeStore":
    """The codes of letters, in the sessions table."""
    from chalicelib.auth.letters.adapters.store import DynamoCodeStore

    return DynamoCodeStore(settings().sessions_table)


@cache
def mailer() -> "Mailer":
    """How letters leave."""
    from chalicelib.auth.letters.adapters.mail import open_mailer

    return open_mailer(settings().mail_sender)


@cache
def subscribers() -> "SubscriberStore":
    """Whoever wants the weekly letter, in the accounts table."""
    from chalicelib.weekly.adapters.store import DynamoSubscribers

    return DynamoSubscribers(settings().accounts_table)


@cache
def due_queue() -> "DueQueue":
    """Where an issue of the weekly letter waits."""
    from chalicelib.weekly.adapters.queue import SqsDueQueue

    return SqsDueQueue(aws.client("sqs"), queue_url("weekly"))


@cache
def sending() -> "Sending":
    """What sending a weekly letter works with."""
    from chalicelib.auth.letters.adapters.mail import open_mailer
    from chalicelib.weekly.choose import Shelves
    from chalicelib.weekly.send import Sending

    shelves = Shelves(recommendation_store(), feedback_store(), catalog)
    known = settings()
    return Sending(subscribers(), shelves, token_keys(), open_mailer(known.mail_sender, once=True), known)


def erasers() -> "Erasers":
    """Each package's way to forget a user."""
    from datetime import UTC, datetime

    from chalicelib.auth.leaving.erasure import Erasers
    from chalicelib.recommendations.evenings.leaving import forget_evenings

    evenings = evening_store()

    def lists(user_id: str) -> None:
        forget_evenings(evenings, user_id)
        erase_list(user_id, datetime.now(UTC))

    return Erasers(
        sessions=session_store().revoke_all,
        lists=lists,
        feedback=feedback_store().delete_all,
        outcomes=outcome_days().drop_salt,
    )


def rests() -> "Rests":
    """How long the model rests of a viewer."""
    from chalicelib.auth.leaving.cooldown import Rest, Rests
    from chalicelib.recommendations.questions.rest import begin_resting, find_rest

    def find(user_id: str, now: "datetime") -> Rest | None:
        found = find_rest(recommendation_store(), user_id, now)
        return Rest(*found) if found else None

    return Rests(find, lambda user_id, rest, now: begin_resting(recommendation_store(), user_id, *rest, now))


def readmit(user_id: str, now: "datetime") -> None:
    """Lets a viewer from elsewhere begin anew, with the rest that the model had of them."""
    from chalicelib.auth.leaving.cooldown import carry_over_by_id

    recommendation_store().readmit(user_id)
    evening_store().readmit(user_id)
    carry_over_by_id(user_id, rests(), auth_dependencies(), now)
    foreign_store().readmit(user_id)


def exporters() -> "Mapping[str, Exporter]":
    """Each package's way to show what it holds about a user."""
    from chalicelib.auth.leaving.holdings import holdings
    from chalicelib.feedback.holdings import holdings as feedback_holdings
    from chalicelib.recommendations.evenings.leaving import holdings as evening_holdings
    from chalicelib.recommendations.holdings import holdings as list_holdings
    from chalicelib.weekly.holdings import holdings as letter_holdings

    return {
        "auth": lambda user_id: holdings(user_id, account_store(), session_store(), settings(), foreign_store()),
        "catalog": lambda _: {},  # films only, nothing about viewers
        "feedback": lambda user_id: feedback_holdings(user_id, feedback_store()),
        "outcomes": lambda user_id: (
            pseudonyms().holdings(user_id) | {"films_that_make_room": dict(outcome_days().find_resting(user_id))}
        ),
        "recommendations": lambda user_id: (
            list_holdings(user_id, recommendation_store()) | {"evenings": evening_holdings(evening_store(), user_id)}
        ),
        "weekly": lambda user_id: letter_holdings(user_id, subscribers()),
    }


def erase_list(user_id: str, now: "datetime") -> None:
    """Takes a viewer's list away, and out of the count of lists."""
    held = recommendation_store().read_page(user_id).list_
    recommendation_store().erase(user_id, now)
    if held:
        tally_list(held.source, None)


def open_tallies() -> None:
    """Loads what counts for the operator: no first event has to wait for it."""
    from chalicelib.outcomes import tallies  # noqa: F401

    outcome_days()


def tally_question(ending: str) -> None:
    """Counts a question by how it ended. What fails here is logged."""
    from datetime import UTC, datetime

    from chalicelib.outcomes.tallies import tally_question

    _counted(lambda: tally_question(outcome_days(), ending, datetime.now(UTC)))


def tally_list(before: "Source | None", after: "Source | None") -> None:
    """Counts a list by its source. What fails here is logged."""
    from chalicelib.outcomes.tallies import tally_list

    _counted(lambda: tally_list(outcome_days(), before, after))


def _counted(count: "Callable[[], object]") -> None:
    """What fails here is logged: what is counted stands without it."""
    try:
        count()
    except Exception:
        log.exception("something is not counted for the operator")


@cache
def outcome_days() -> "DynamoOutcomes":
    """The outcomes table."""
    return open_outcomes(settings().outcomes_table)


def open_outcomes(table: str) -> "DynamoOutcomes":
    """What is counted, in a table of that name."""
    from chalicelib.outcomes.adapters.store import DynamoOutcomes

    return DynamoOutcomes(table)


@cache
def experiments() -> "tuple[Experiment, ...]":
    """The declared experiments. Files that make no sense are logged, and declare none: the site goes on as always."""
    from chalicelib.outcomes.experiments.declared import ExperimentError

    try:
        return checked_experiments()
    except ExperimentError:
        log.exception("the declared experiments are not as they have to be")
        return ()


def checked_experiments() -> "tuple[Experiment, ...]":
    """The declared experiments, for whoever packages or tends them.

    Raises:
        ExperimentError: one makes no sense.
    """
    from chalicelib.outcomes.experiments.declared import FOLDER, declared_in

    return declared_in(FOLDER, prompt_versions())


@cache
def prompt_versions() -> "frozenset[str]":
    """The versions of the question about a viewer."""
    from chalicelib.recommendations.llm.prompt import prompt_versions

    return prompt_versions()


def years_of(film_ids: "Sequence[str]") -> "Mapping[str, int]":
    """The years of these films, as far as the catalogue knows them; none while it does not answer, which is logged."""
    try:
        films = catalog().get_many(film_ids)
    except Exception:
        log.exception("how old films are that were shown cannot be told")
        return {}
    return {film_id: film.year for film_id, film in films.items() if film.year}


def open_looks() -> None:
    """Loads what looks at experiments once a day: no event has to wait for it."""
    from chalicelib.outcomes import resting  # noqa: F401
    from chalicelib.outcomes.experiments import guardrail, vote_weight  # noqa: F401


def experiment_parts() -> "ExperimentParts":
    """What the operator is told of experiments by."""
    from chalicelib.operator.experiments import Parts

    return Parts(experiments(), outcome_days(), budget().ledger, settings())


@cache
def treatments() -> "Treatments":
    """What viewers get by the experiments that run."""
    from chalicelib.outcomes.experiments.treatments import Treatments

    return Treatments(experiments(), outcome_days())


@cache
def pseudonyms() -> "Pseudonyms":
    """Under whose name events are kept."""
    from chalicelib.outcomes.pseudonyms import Pseudonyms

    return Pseudonyms(outcome_days())


@cache
def telling() -> "Telling":
    """Where what is told waits to be written down."""
    from chalicelib.outcomes.adapters.queue import SqsTelling

    return SqsTelling(aws.client("sqs"), queue_url("events"))


@cache
def event_files() -> "S3EventFiles":
    """Files of events, in the learning's bucket."""
    from chalicelib.outcomes.adapters.files import S3EventFiles

    return S3EventFiles(aws.client("s3"), settings().learning_bucket)


@cache
def event_counting() -> "Counting | None":
    """What counts events; None where there is no engine."""
    from chalicelib.recommendations.item_similarity.adapters.athena import Athena

    known = settings()
    if not known.learning_database:
        return None
    return Athena(
        aws.client("athena"), aws.client("s3"), known.learning_database, known.learning_workgroup,
        COUNTING_WAIT_SECONDS,
    )  # fmt: skip


def tell_judgement(kind: "Literal['liked', 'disliked']", film_id: str, user_id: str) -> None:
    """Sets what a viewer says beside what they were shown. What fails here is logged: the word itself stands."""
    from datetime import UTC, datetime

    from chalicelib.outcomes.tell import tell_judgement

    _counted(lambda: tell_judgement(kind, film_id, user_id, pseudonyms(), telling(), datetime.now(UTC)))


@cache
def status_parts() -> "StatusParts":
    """What the operator's first screen is made of."""
    from chalicelib.operator.adapters.queues import SqsQueues
    from chalicelib.operator.status import Parts
    from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity

    known = settings()
    queues = SqsQueues(aws.client("sqs"), aws.client("cloudwatch"), queues_with_dead_letters())
    models = DynamoItemSimilarity(known.item_similarity_table)
    facts = whole_catalog().facts
    return Parts(
        budget().ledger, outcome_days(), queues, facts, models.learned, models.run, recommendation_store(), known
    )


@cache
def dead_letter_queues() -> "DeadLetterQueues":
    """The queues of what no worker could handle."""
    from chalicelib.operator.adapters.dead_letters import SqsDeadLetters

    return SqsDeadLetters(aws.client("sqs"), queues_with_dead_letters())


def cursor_keys() -> tuple[bytes, ...]:
    """Keys that cursors are sealed with, newest first: derived from the access token keys, so there is one secret."""
    from chalicelib.auth.tokens import derived_keys

    return derived_keys(token_keys(), b"cursor")


@cache
def recommendation_store() -> "DynamoRecommendationStore":
    """The recommendations table."""
    from chalicelib.recommendations.adapters.store import DynamoRecommendationStore

    known = settings()
    return DynamoRecommendationStore(known.recommendations_table, known.list_bytes_max, known.stale_shards)


def text_store() -> "TextStore":
    """What is known of texts that viewers have typed, in the recommendations table."""
    return recommendation_store().texts


@cache
def evening_store() -> "EveningStore":
    """Shared evenings, in the recommendations table."""
    from chalicelib.recommendations.evenings.adapters.evenings_table import Evenings

    return Evenings(recommendation_store().items)


@cache
def outbox() -> "Outbox":
    """The queues."""
    from chalicelib.recommendations.adapters.queues import SqsOutbox

    return SqsOutbox(aws.client("sqs"), queue_url("rebuild"), queue_url("ask"), settings().llm_parallel)


@cache
def item_similarity() -> "SimilaritySource":
    """What everybody's likes say of films that are alike."""
    from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity

    return DynamoItemSimilarity(settings().item_similarity_table)


@cache
def film_questions() -> "FilmQuestionStore":
    """What is known of the questions about new films, in the table of item similarity."""
    from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity

    return DynamoItemSimilarity(settings().item_similarity_table)


@cache  # a botocore session takes what boto3 adds to its clients once
def daily_dependencies() -> "DailyDependencies":
    """What a step of the daily learning works with."""
    from functools import partial

    from boto3 import Session  # for its transfers, which send a large file in parts

    from chalicelib.feedback.adapters.bulk_read import FeedbackExports, ScannedFeedback
    from chalicelib.feedback.standing import proof_of
    from chalicelib.outcomes.watched import watched_films
    from chalicelib.recommendations.fit_site import fit_site
    from chalicelib.recommendations.item_similarity.adapters.athena import Athena
    from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
    from chalicelib.recommendations.item_similarity.daily import DailyDependencies
    from chalicelib.recommendations.item_similarity.likes import ExportedLikes, PagedLikes
    from chalicelib.recommendations.item_similarity.train import TrainDependencies, learn
    from chalicelib.recommendations.item_similarity.training_data import (
        OWN,
        key_of,
        write_interactions,
        write_watched,
    )

    known, amazon = settings(), Session(botocore_session=aws.session())
    s3, dynamodb = amazon.client("s3"), amazon.client("dynamodb")
    store, bucket = DynamoItemSimilarity(known.item_similarity_table), known.learning_bucket
    engine = Athena(
        amazon.client("athena"), s3, known.learning_database, known.learning_workgroup, known.learning_wait_seconds
    )
    proof = proof_of(known)
    exports = FeedbackExports(dynamodb, known.feedback_table, bucket)

    def watched(now: "datetime") -> int:
        return write_watched(s3, bucket, watched_films(event_files(), engine, outcome_days(), now))

    likes: Likes = (
        ExportedLikes(exports, engine, s3, bucket, key_of(OWN), proof, watched)
        if known.learning_source == "export"
        else PagedLikes(
            ScannedFeedback(dynamodb, known.feedback_table, proof),
            partial(write_interactions, s3, bucket, OWN),
            watched,
        )
    )
    parts = TrainDependencies(engine, store, partial(fit_site, catalog=catalog()))
    return DailyDependencies(store, likes, partial(learn, parts) if known.learning_database else None)


@cache
def budget() -> "Budget":
    """The token ledger."""
    return open_budget(settings().budget_table)


def open_budget(table: str) -> "Budget":
    """The token ledger in a table of that name."""
    from chalicelib.recommendations.llm.adapters.store import DynamoBudget
    from chalicelib.recommendations.llm.allowance import common_tokens_most
    from chalicelib.recommendations.questions.admission import shares_of

    known = settings()
    per_day = known.budget_tokens_per_day
    return DynamoBudget(table, per_day, common_tokens_most(per_day, shares_of(known)))


def gate() -> "Gate":
    """The way into the slow lane."""
    from chalicelib.recommendations.questions.admission import Gate

    return Gate(recommendation_store(), outbox(), budget(), settings())


def rebuild_dependencies() -> "Dependencies":
    """What the fast lane works with."""
    from chalicelib.recommendations.rebuild import Dependencies

    return Dependencies(
        recommendation_store(),
        feedback_store(),
        catalog(),
        item_similarity(),
        outbox(),
        settings(),
        gate(),
        tally_list,
        treatments().of,
        _resting_of,
    )


def _resting_of(user_id: str) -> "Resting":
    """Which films make room in a viewer's list; none while that cannot be told, which is logged."""
    try:
        return outcome_days().find_resting(user_id)
    except Exception:
        log.exception("no film makes room for a viewer")
        return {}


def wake_lists(user_ids: "Sequence[str]") -> None:
    """Has the lists of these viewers made anew. What fails here is logged: their next word does it."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.messages import Rebuild

    messages = [Rebuild(user_id=user_id, changed_at=datetime.now(UTC)) for user_id in user_ids]
    _counted(lambda: outbox().send_rebuilds(messages))


def ask_dependencies() -> "AskDependencies":
    """What the slow lane works with."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.ask import AskDependencies

    return AskDependencies(rebuild_dependencies(), model(), budget(), lambda: datetime.now(UTC))


def film_dependencies() -> "FilmDependencies":
    """What a question about a film works with."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.premieres.ask_about import FilmDependencies

    return FilmDependencies(
        recommendation_store(), film_questions(), catalog(), model(), budget(), settings(), lambda: datetime.now(UTC)
    )


def text_dependencies() -> "TextDependencies":
    """What a question about a text works with."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.questions.ask_once import OnceDependencies
    from chalicelib.recommendations.wishes.ask_about_text import TextDependencies

    once = OnceDependencies(recommendation_store(), model(), budget(), settings(), lambda: datetime.now(UTC))
    return TextDependencies(once, text_store(), catalog(), model())


def embedding_dependencies() -> "EmbeddingDependencies":
    """What a batch of films' vectors works with."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.wishes.embed_films import EmbeddingDependencies

    return EmbeddingDependencies(
        recommendation_store(),
        whole_catalog(),
        film_vectors(),
        model(),
        budget(),
        settings(),
        lambda: datetime.now(UTC),
    )


@cache
def top_list() -> "TopList":
    """What strangers are shown, kept in memory."""
    from chalicelib.recommendations.top_list import TopList

    known = settings()
    return TopList(catalog, lambda: item_similarity().lately_liked(), known.top_cache_seconds, known.list_size_max)


@cache
def model() -> "ModelFromKey[GigaChatModel]":
    """GigaChat; called, the client, or None while nobody has put credentials into its secret."""
    from chalicelib.recommendations.llm.adapters.gigachat import GigaChatModel
    from chalicelib.recommendations.llm.model_from_key import ModelFromKey

    known, secrets = settings(), aws.client("secretsmanager")
    return ModelFromKey(
        lambda: secrets.get_secret_value(SecretId=known.llm_secret)["SecretString"],
        lambda key: GigaChatModel(
            credentials=key["credentials"],
            scope=key.get("scope", "GIGACHAT_API_PERS"),
            model=known.llm_model,
            timeout_seconds=known.llm_timeout_seconds,
            base_url=known.llm_base_url,
            auth_url=known.llm_auth_url,
            ca_bundle_file=known.llm_ca_bundle_file,
            embedder=known.llm_embedder,
        ),
    )


def opened_model() -> "ModelFromKey[GigaChatModel]":
    """GigaChat, its key read and, if there is one, its client made."""
    model()()
    return model()


def note_confirmed(user_id: str) -> None:
    """Has what the user has said already count as a confirmed account's. What fails here their next word does."""
    try:
        feedback_store().note_confirmed(user_id)
    except Exception:
        log.exception("confirmed, but not noted where feedback lies: user %s", hashed(user_id))


def find_listed_film(user_id: str, film_id: str) -> "Listed":
    """Feedback's look into the viewer's list (`FindListed`)."""
    from chalicelib.recommendations.listed_film import find_listed_film

    return find_listed_film(recommendation_store(), user_id, film_id)


def find_learned(film_id: str) -> "Sequence[str]":
    """The catalogue's look at what has been learned of a film (`FindLearned`)."""
    return list(item_similarity().similarities([film_id]).near.get(film_id, ()))

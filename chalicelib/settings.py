"""The only reader of the environment. Every limit stands here with its reason or beside its algorithm with its source.

Functions read `settings()` when they run, never at import: the authorizer imports this module on every cold start.
"""

import os
from functools import cache
from typing import NamedTuple

AUTHORIZER_CACHE_SECONDS = 30
"""API Gateway reuses the authorizer's answer for a token this long, so a deleted account, a sign-out or another
language is noticed within half a minute."""

PLACEHOLDER = "set-by-the-template"
"""What a handler's decorator names as its source: streams and queues do not exist when code is packaged. The function's
declaration (`infra/deploy/functions.py`) says what wakes it, and the template puts that in this one's place."""


class Settings(NamedTuple):
    """Values by environment variable: field `catalog_url` is read from `CATALOG_URL`."""

    # Where things are. The template sets these; empty means "this function has no business with it".
    accounts_table: str = ""
    sessions_table: str = ""
    feedback_table: str = ""
    recommendations_table: str = ""
    item_similarity_table: str = ""
    budget_table: str = ""
    outcomes_table: str = ""
    catalog_url: str = ""  # https://… (OpenSearch), s3://BUCKET/PREFIX or sqlite:///PATH (embedded, the last in tests)
    imports_bucket: str = ""  # where files of films come, whatever holds the catalogue
    meaning_url: str = ""  # of films' vectors: s3://BUCKET/PREFIX, or the catalogue's https://… (OpenSearch with k-NN)
    catalog_sign: str = "auto"  # to OpenSearch: signed by the host's name; es or aoss for an endpoint of one's own; no
    token_keys_secret: str = ""  # Secrets Manager id of the access token keys
    server_keys_secret: str = ""  # Secrets Manager id of what is kept of the site's own servers' keys
    llm_secret: str = ""  # Secrets Manager id of {"credentials", "scope"}
    learning_bucket: str = ""
    learning_database: str = ""  # Glue database with the table `interactions`; empty: this stage learns nothing
    learning_workgroup: str = ""
    learning_source: str = "pages"  # "export" where DynamoDB can (it needs point-in-time recovery), else "pages"
    learning_wait_seconds: float = 300.0  # for gathering likes, and for all queries beside each other: 900 s in all

    # The edge.
    trusted_proxies: str = ""  # networks, with commas, whose word in X-Forwarded-For is taken: a CDN's, a balancer's
    cors_origins: str = ""  # with commas: sites whose scripts may call the API from their visitors' browsers
    max_body_bytes: int = 65_536  # api.md: 64 KB; a history import is the largest body we take

    # Tokens and passwords.
    token_issuer: str = "kinosovet"
    token_audience: str = "kinosovet-api"
    own_accounts: bool = True  # off: viewers come from trusted issuers and by the site's own servers alone
    trusted_issuers: str = ""  # JSON, as `auth/elsewhere/trusted.py` reads it
    server_requests_per_minute: int = 6_000  # of one server key: a hundred a second, of which API Gateway takes as many
    access_token_seconds: int = 900  # issue: 15 minutes; also how long a stolen one lives
    refresh_token_seconds: int = 30 * 86_400
    refresh_grace_seconds: int = 10  # a client whose answer was lost may repeat the refresh this long
    recent_sign_in_seconds: int = 600  # api.md: for deleting an account and showing all of it
    argon2_memory_kib: int = 19_456  # OWASP password storage cheat sheet: 19 MiB, t=2, p=1
    argon2_iterations: int = 2
    argon2_parallelism: int = 1
    throttle_window_seconds: int = 900
    throttle_failures_per_account: int = 10  # at one address
    throttle_strangers_per_account: int = 100  # an hour, at all unfamiliar addresses together (NIST SP 800-63B 5.2.2)
    throttle_failures_per_address: int = 300  # a school or an office shares one address
    letters_per_address_and_hour: int = 20  # wished for from one network address
    letters_per_mailbox_and_hour: int = 3  # nobody's mailbox is filled by strangers
    confirm_email: bool = False  # the stack's default is true; without, every account counts as confirmed
    mail_sender: str = ""  # ses://SENDER or file:///FOLDER (in local runs); empty: no letter is sent
    registrations_per_hour: int = 20  # new accounts of one network address: a class of pupils, no army of robots
    weekly_letters: bool = False  # whether the schedule of the weekly letter does anything
    page_address: str = ""  # the page's own address, with its last slash: where the links of letters lead

    evenings_per_viewer: int = 10  # that a viewer takes part in at a time: they last twelve hours
    joinings_per_address_and_hour: int = (
        30  # of evenings, by right codes and wrong: a household, and nobody who guesses
    )

    # Feedback.
    judgements_max: int = 10_000  # of one viewer: three films a day for nine years; a rebuild reads all of them

    # The list.
    ranked_max: int = 300  # what the fast lane ranks: enough for 100 places and 60 candidates after all exclusions
    list_size_max: int = 100  # film ids and why each is there: 3 KB, which is 3 write units
    list_bytes_max: int = 12_288  # with the model's words for all of them, which nobody has
    # A word carries the time at which its request began, and is stored up to 15 s later (the API's time-out), by a host
    # whose clock may be 5 s from that of the one which reads.
    seen_margin_seconds: int = 25
    top_cache_seconds: int = 300
    series_or_director_max: int = 3  # of one series or director among the first 20
    exploration_share: float = 0.05

    stack_name: str = "local"  # metrics go by it
    aws_endpoint_url: str = ""  # an emulator's, which sets it; on AWS nobody may

    @property
    def is_local(self) -> bool:
        """Whether this stage runs on an emulator, on somebody's own machine."""
        return bool(self.aws_endpoint_url)

    # GigaChat.
    llm_model: str = "GigaChat-2"
    llm_embedder: str = "Embeddings"  # the model that makes vectors; EmbeddingsGigaR is the larger one
    # LLM_…, for the gigachat client reads every GIGACHAT_… variable by itself, an empty one too.
    llm_base_url: str = "https://api.giga.chat/v1"
    llm_auth_url: str = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
    llm_ca_bundle_file: str = ""
    llm_parallel: int = 1  # facts: 1 request in flight for individuals, 10 for companies
    llm_timeout_seconds: float = 25.0  # one call; the ask function has 60 s in all
    ask_after_rated: int = 3  # a first question needs something to go on
    ask_first_pause_seconds: int = 15  # the first question waits until the first session pauses: it knows all its likes
    ask_first_wait_seconds: int = 60  # but no longer than this after the first feedback
    ask_cooldown_seconds: int = 3_600
    ask_quiet_seconds: int = (
        1_800  # the activity session is over then; MovieLens: one question each, a quarter fewer calls
    )
    ask_settle_max_seconds: int = 7_200  # a long session is asked about before it ends
    ask_retry_seconds: int = 60  # after a fault that cost nothing (429, 5xx)
    ask_candidates: int = 50  # 40 to 60: below that recall suffers, above it the prompt
    ask_lane_depth: int = 12  # questions admitted to a lane at once: a minute's work at 5 s each, until the next sweep
    sweep_rebuilds_max: int = 1_000  # marks that are hinted at in one sweep
    present_percent: int = 50  # of what is admitted at once: viewers who are there now go before those who wait longer
    common_percent: int = 10  # of the day's budget is all that unproven accounts may spend together
    proven_after_days: int = 7  # an unconfirmed account is proven when its first feedback is this old,
    proven_on_days: int = 3  # and was given on so many days: an army of robots has to be kept busy for a week
    evening_percent: int = 40  # of the day's budget is kept for the evening
    evening_starts_utc: int = 15  # 18:00 in Moscow
    present_kept_percent: int = 5  # of the day's budget is for viewers who are there alone, whenever they come
    lost_calls_percent: int = 10  # of the day's budget is for calls that may be billed and bring nothing
    premieres_per_day: int = 20  # new films that are asked about, each once; at most 100 (`premieres/note.py`)
    premieres_percent: int = 5  # of the day's budget at most: some 27 films of 1,800 tokens
    texts_percent: int = 5  # of the day's budget at most, for requests in viewers' own words: some 45 of 1,100 tokens
    meaning_percent: int = 0  # of the day's budget at most, for films' vectors; the stack's default is 5
    texts_per_user_and_day: int = 10  # new texts of one viewer that the model is asked about: nobody takes them all
    stale_shards: int = 8  # a DynamoDB index partition takes 1,000 writes a second
    ask_per_user_and_day: int = 12  # nobody spends another's budget
    budget_tokens_per_day: int = 1_000_000
    roubles_per_million_tokens: float = 65.0  # GigaChat-2 in February 2026


def _value(kind: type, text: str) -> object:
    return text.lower() in ("1", "true", "yes") if kind is bool else kind(text)


@cache
def settings() -> Settings:
    """The environment's settings, read once a process.

    Raises:
        ValueError: a variable does not parse as its field's type.
    """
    given = {
        name: _value(type(default), os.environ[name.upper()])
        for name, default in Settings._field_defaults.items()
        if os.environ.get(name.upper())
    }
    return Settings(**given)  # type: ignore[arg-type]


def started_for(handler: str) -> bool:
    """Whether this process is a Lambda worker that was started for a handler, `module.name`.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    return os.environ.get("_HANDLER") == handler


def queue_url(name: str) -> str:
    """Where the messages of a queue go: `REBUILD_QUEUE_URL` for `rebuild`. The template sets it for every queue.

    Raises:
        KeyError: there is no such queue.
    """
    return os.environ[f"{name.upper()}_QUEUE_URL"]


def queues_with_dead_letters() -> dict[str, tuple[str, str]]:
    """All queues of the stack by name: where their messages go, and where their dead letters lie."""
    ending, dead = "_QUEUE_URL", "_DEAD_LETTERS_QUEUE_URL"
    names = [name.removesuffix(dead) for name in os.environ if name.endswith(dead)]
    return {name.lower(): (os.environ[name + ending], os.environ[name + dead]) for name in sorted(names)}

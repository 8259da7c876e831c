"""What an operator may choose when deploying, and what the stack tells afterwards."""

from chalicelib.settings import Settings
from infra.deploy.declaration import STREAM_FAILURES, TOPIC, Queue
from infra.deploy.functions import FUNCTIONS, QUEUES


def parameters() -> dict[str, object]:
    """Stack parameters; every default is what a small real site wants."""
    settings = Settings()
    return {
        "Protect": _choice("true", "Back up and protect from deletion the tables that hold what people wrote"),
        "CatalogUrl": _text(
            "", "https://… of an OpenSearch domain; empty: an embedded snapshot in the stack's own bucket"
        ),
        "CatalogSign": _text(
            "auto", "Whether requests to OpenSearch are signed: auto (by the host's name), es, aoss or no"
        )
        | {"AllowedValues": ["auto", "es", "aoss", "no"]},
        "CatalogDomain": _text(
            "*", "The OpenSearch domain's name, for the functions' rights; *: any domain of this account and region"
        ),
        "CatalogSubnets": _list("Subnets of the OpenSearch domain's VPC, with a way out to AWS; empty: no VPC"),
        "CatalogSecurityGroups": _list("Security groups of the functions in that VPC"),
        "GigachatModel": _text("GigaChat-2", "Model name"),
        "GigachatEmbedder": _text(settings.llm_embedder, "Name of the model that makes vectors of texts"),
        "GigachatBaseUrl": _text(settings.llm_base_url, "Where GigaChat answers"),
        "GigachatAuthUrl": _text(settings.llm_auth_url, "Where GigaChat gives out access tokens"),
        "GigachatCaBundleFile": _text(
            "", "Path of a CA bundle inside the package, /var/task/…; empty: the usual authorities"
        ),
        "GigachatParallel": _number(
            1, "Requests GigaChat lets this account have in flight: 1 for individuals, 10 for companies"
        ),
        "AskCooldownSeconds": _number(3600, "How long a viewer's taste rests between two questions"),
        "AskFirstPauseSeconds": _number(
            settings.ask_first_pause_seconds, "How long a viewer's first likes pause before the first question"
        ),
        "RegistrationsPerHour": _number(
            settings.registrations_per_hour, "New accounts of one network address within an hour"
        ),
        "ConfirmEmail": _choice("true", "New accounts get a letter that confirms their e-mail address"),
        "OwnAccounts": _choice("true", "Viewers may have accounts here; false: they come from trusted issuers alone"),
        "TrustedIssuers": _text(
            "", "JSON list of issuers whose tokens are believed: issuer, audience, jwks_url?, operator_claim?"
        ),
        "CorsOrigins": _text("", "Sites (with commas) whose pages may call the API from their visitors' browsers")
        | {"AllowedPattern": "(https?://[^/, ]+(, *https?://[^/, ]+)*)?"},
        "ServerRequestsPerMinute": _number(
            settings.server_requests_per_minute, "Requests of one server key within a minute"
        ),
        "MailSender": _text("", "ses://SENDER, an address that SES has verified; empty: no letter is sent")
        | {"AllowedPattern": "(ses://[^@ ]+@[^@ ]+|file:///.+)?"},
        "MailIdentity": _text("*", "The sender's address or domain as SES has verified it; *: any of this account"),
        "WeeklyLetters": _text(
            "DISABLED",
            "ENABLED: whoever has asked gets a letter each week; needs MailSender, ConfirmEmail and PageUrl",
        )
        | {"AllowedValues": ["ENABLED", "DISABLED"]},
        "WeeklySchedule": _text(
            "cron(0 14 ? * FRI *)", "When the weekly letter leaves, once a week, as EventBridge takes it (UTC)"
        ),
        "PageUrl": _text("", "https://…/, the page's address with its last slash: where the links of letters lead")
        | {"AllowedPattern": "(https?://[^ ]+/)?"},
        "TrustedProxies": _text(
            "", "Networks (with commas) of proxies before the API, whose X-Forwarded-For says who the client is"
        )
        | {"AllowedPattern": "[0-9a-fA-F:./, ]*"},
        "AlarmAddress": _text("", "An e-mail address that alarms go to; empty: to the topic Alarms alone"),
        "BudgetTokensPerDay": _number(settings.budget_tokens_per_day, "Tokens that all questions of a day may use"),
        "RoublesPerMillionTokens": _number(
            65,
            "What a million tokens cost, for the dashboard; GigaChat-2 in February 2026 (Pro 8, Max 80 times that)",
        ),
        "EveningPercent": _percent(settings.evening_percent, "Of the day's tokens, kept for the evening"),
        "EveningStartsUtc": _number(settings.evening_starts_utc, "Hour (UTC) at which the evening begins", 23),
        "PresentKeptPercent": _percent(
            settings.present_kept_percent, "Of the day's tokens, for viewers who are there alone: newcomers, refreshes"
        ),
        "PremieresPerDay": _number(
            settings.premieres_per_day, "New films that are asked about, each once", 100, least=0
        ),
        "PremieresPercent": _percent(settings.premieres_percent, "Of the day's tokens, for questions about new films"),
        "TextsPercent": _percent(settings.texts_percent, "Of the day's tokens, for requests in viewers' own words"),
        "MeaningPercent": _percent(5, "Of the day's tokens, for films' vectors, by which requests find them; 0: none"),
        "MeaningIn": _text(
            "bucket", "Where films' vectors lie: bucket, or catalog (an OpenSearch domain with k-NN at CatalogUrl)"
        )
        | {"AllowedValues": ["bucket", "catalog"]},
        "LostCallsPercent": _percent(
            settings.lost_calls_percent, "Of the day's tokens, for calls that may be billed and bring nothing"
        ),
        "CommonPercent": _percent(
            settings.common_percent,
            "Of the day's tokens, for all accounts together that are neither confirmed nor known for a while",
        ),
        "AskLaneDepth": _number(settings.ask_lane_depth, "Questions admitted to one lane at once"),
        "PresentPercent": _percent(
            settings.present_percent, "Of what is admitted at once, for viewers who are there; the rest by waiting time"
        ),
        "OutcomesSchedule": _text(
            "rate(1 hour)", "How often it is counted what viewers did with their lists, as EventBridge takes it"
        ),
        "SweepSchedule": _text("rate(1 minute)", "How often waiting viewers are looked at, as EventBridge takes it"),
        "RequestsPerSecond": _number(100, "Requests a second to one route, of all callers; as many more in a burst"),
        "LikesPerSecond": _number(30, "The same of the routes that rate and take back"),
        "ImportsPerSecond": _number(2, "The same of the route that takes a history of 300 rows"),
        **_concurrency(),
    }


def _concurrency() -> dict[str, object]:
    """How many of a function run at once. The defaults suit an account that has ten executions for everything."""
    made: dict[str, object] = {}
    for one in FUNCTIONS:
        if isinstance(one.source, Queue) and one.source.functions_at_once_max:
            said = f"How many of the function {one.name} its queue wakes at once, at the most"
            made[one.at_once_parameter] = _number(one.source.functions_at_once_max, said) | {"MinValue": 2}
        said = f"Executions that are the function {one.name}'s alone, and its most; 0: it shares with all others"
        made[one.reserved_parameter] = _number(0, said) | {"MinValue": 0}
    return made


def conditions() -> dict[str, object]:
    """Conditions on the parameters."""
    reserved = {
        one.reserved_parameter: {"Fn::Not": [{"Fn::Equals": [{"Ref": one.reserved_parameter}, 0]}]} for one in FUNCTIONS
    }
    return reserved | {
        "Protected": {"Fn::Equals": [{"Ref": "Protect"}, "true"]},
        "SomebodyIsWoken": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmAddress"}, ""]}]},
        "SendsLetters": {"Fn::Not": [{"Fn::Equals": [{"Ref": "MailSender"}, ""]}]},
        "WritesWeekly": {"Fn::Equals": [{"Ref": "WeeklyLetters"}, "ENABLED"]},
        "NamesOrigins": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CorsOrigins"}, ""]}]},
        "Unprotected": {"Fn::Not": [{"Condition": "Protected"}]},
        "InNetwork": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "CatalogSubnets"}]}, ""]}]},
        "SignedDomain": {
            "Fn::And": [
                {"Fn::Not": [{"Condition": "OwnSnapshot"}]},
                {"Fn::Not": [{"Fn::Equals": [{"Ref": "CatalogSign"}, "no"]}]},
            ]
        },
        "VectorsInDomain": {
            "Fn::And": [
                {"Fn::Not": [{"Condition": "OwnSnapshot"}]},
                {"Fn::Equals": [{"Ref": "MeaningIn"}, "catalog"]},
            ]
        },
        "VectorsInBucket": {"Fn::Not": [{"Condition": "VectorsInDomain"}]},
        "OwnSnapshot": {"Fn::Equals": [{"Ref": "CatalogUrl"}, ""]},
    }


def outputs() -> dict[str, object]:
    """Physical names by which the commands in `infra/` find the stack's parts."""
    names = [
        "AccountsTable", "SessionsTable", "FeedbackTable", "RecommendationsTable", "NeighboursTable", "BudgetTable",
        "OutcomesTable",
        "CatalogBucket", "ImportsBucket", "LearningBucket", "Learn", "TokenKeys", "ServerKeys", "GigachatKey", TOPIC,
        *(name for queue in QUEUES for name in (queue.id, queue.dead_letters_id)), STREAM_FAILURES,
    ]  # fmt: skip
    made: dict[str, object] = {name: {"Value": {"Ref": name}} for name in names}
    for one in FUNCTIONS:
        if one.needs_catalog:
            said = "Whom an OpenSearch domain has to let in: `python -m infra map-roles` does it"
            made[f"{one.role_id}Arn"] = {"Value": {"Fn::GetAtt": [one.role_id, "Arn"]}, "Description": said}
        if one.changes_catalog:
            said = "Whom it has to let change films as well"
            made[f"{one.role_id}ArnOfWriter"] = {"Value": {"Fn::GetAtt": [one.role_id, "Arn"]}, "Description": said}
    made["CatalogSign"] = {"Value": {"Ref": "CatalogSign"}}
    return made | {"Catalog": {"Value": catalog_url(), "Description": "Where the films lie, as `films load` takes it"}}


def catalog_url() -> dict[str, object]:
    """The address of the catalogue: an OpenSearch domain, or the snapshot in the stack's own bucket."""
    own = {"Fn::Sub": "s3://${CatalogBucket}/catalog"}
    return {"Fn::If": ["OwnSnapshot", own, {"Ref": "CatalogUrl"}]}


def meaning_url() -> dict[str, object]:
    """The address of films' vectors: the learning's bucket, or beside the films of an OpenSearch domain."""
    own = {"Fn::Sub": "s3://${LearningBucket}/meaning"}
    return {"Fn::If": ["VectorsInDomain", {"Ref": "CatalogUrl"}, own]}


def _text(default: str, description: str) -> dict[str, object]:
    return {"Type": "String", "Default": default, "Description": description}


def _list(description: str) -> dict[str, object]:
    return {"Type": "CommaDelimitedList", "Default": "", "Description": description}


def _number(default: int, description: str, most: int | None = None, least: int = 1) -> dict[str, object]:
    bound = {} if most is None else {"MaxValue": most}
    return {"Type": "Number", "Default": default, "MinValue": least, **bound, "Description": description}


def _percent(default: int, description: str) -> dict[str, object]:
    return {"Type": "Number", "Default": default, "MinValue": 0, "MaxValue": 100, "Description": description}


def _choice(default: str, description: str) -> dict[str, object]:
    return _text(default, description) | {"AllowedValues": ["true", "false"]}

"""Every function of the stack, each declared once.

From these the template's functions, queues, roles, logs, alarms, dashboard and outputs are rendered, and the operator's
commands know the queues. How to add one: CONTRIBUTING.md.
"""

from chalicelib.recommendations.item_similarity.sql import MADE_OF
from infra.deploy.declaration import Alarm, Authorizer, Function, Http, Queue, Schedule, Stream, rests, sends, tends
from infra.deploy.grants import (
    ACCOUNTS,
    BUDGET,
    CATALOG_FILES,
    FEEDBACK,
    GIGACHAT_KEY,
    IMPORT_FILES,
    ITEM_SIMILARITY,
    LEARNING_FILES,
    OUTCOMES,
    RECOMMENDATIONS,
    SERVER_KEYS,
    SESSIONS,
    TOKEN_KEYS,
    deletes_files,
    empties,
    joins_network,
    keeps_files,
    measures_queues,
    queries_files,
    reads,
    reads_all,
    reads_everything,
    reads_files,
    reads_index,
    reads_secret,
    runs_queries,
    searches_domain,
    sends_letters,
    where,
    writes,
    writes_files,
)

ASK_TIMEOUT_SECONDS = 60  # one GigaChat call of at most 25 s, a retry, matching and publishing

# Standard: deduplicating by user would drop likes.
# Poison is put among the dead letters by the handler; what passes is waited for, with four minutes between deliveries,
# for two and a half days, so that no message dies of an outage.
# Of the ten executions of a new account three: with a stream's and a lane's, a burst of likes takes half of them; the
# other half signs in. A rebuild takes a quarter of a second and a batch is worked off one by one: 12 lists a second.
REBUILD_QUEUE = Queue(name="rebuild", batch=10, receives=1_000, oldest_seconds=900, functions_at_once_max=3)
# FIFO: the message groups are the lanes, so no maximum of functions is needed (which cannot go below 2).
ASK_QUEUE = Queue(
    name="ask",
    fifo=True,
    # A retryable model fault ends its message and marks the user stale: a second delivery means a crash, or that tables
    # or queues are away. Thirty are an hour and a half of that; then the lane goes on, and the sweep admits again.
    receives=30,
    # Six times would be right for a queue that Lambda throttles; here it would keep a whole lane waiting when a worker
    # is killed, and lanes are what keeps Lambda from being throttled.
    visibility_seconds=ASK_TIMEOUT_SECONDS + 30,
    oldest_seconds=7_200,  # what is admitted takes minutes, and an outage is waited for over an hour and a half
)
# At six minutes each, 20 hours of an outage.
ERASURE_QUEUE = Queue(name="erasure", receives=200, functions_at_once_max=2)
# At three minutes each, two hours and a half of an outage.
LETTERS_QUEUE = Queue(name="letters", receives=50, functions_at_once_max=2)
# At six minutes each, five hours of an outage of the sender, within a weekend that the letter is for. Five letters a
# second of each worker: what Amazon SES takes of a new sender is 14.
WEEKLY_QUEUE = Queue(name="weekly", batch=5, receives=50, functions_at_once_max=2)
TAKE_TIMEOUT_SECONDS = 180  # steps go on where they were, so a killed worker's message need not rest for long
# FIFO, in one group: files are taken one after the other, which is all that a table that has just been made takes.
IMPORTS_QUEUE = Queue(
    name="imports",
    fifo=True,
    receives=50,  # at four minutes each, three hours of an outage; then it is hinted at again while its file is there
    visibility_seconds=TAKE_TIMEOUT_SECONDS + 30,
    oldest_seconds=6 * 3_600,  # one that waits behind 10,000,000 rows
)

# What is told while a minute passes becomes one file. At six minutes each, 20 hours of an outage.
EVENTS_QUEUE = Queue(name="events", batch=1_000, gather_seconds=60, receives=200, functions_at_once_max=2)

QUEUES = (REBUILD_QUEUE, ASK_QUEUE, ERASURE_QUEUE, LETTERS_QUEUE, WEEKLY_QUEUE, IMPORTS_QUEUE, EVENTS_QUEUE)
ALL_QUEUES = tuple(id_ for queue in QUEUES for id_ in (queue.id, queue.dead_letters_id))

READS_CATALOG = (
    *where("OwnSnapshot", *reads_files(CATALOG_FILES, "catalog/")),
    *where("SignedDomain", *searches_domain()),
    *where("InNetwork", *joins_network()),
)
# To a domain a change is a POST, as a search is.
CHANGES_CATALOG = where(
    "OwnSnapshot", *writes_files(CATALOG_FILES, "catalog/"), *deletes_files(CATALOG_FILES, "catalog/")
)
# Files of films, whatever holds the catalogue. Whoever sends one has the API's right to put it there.
NOTES_IMPORTS = (*reads_files(IMPORT_FILES, "imports/"), *writes_files(IMPORT_FILES, "imports/"))
# Films' vectors in the bucket, whatever holds the catalogue; to a domain both are a POST, as a search is.
READS_VECTORS = where("VectorsInBucket", *reads_files(LEARNING_FILES, "meaning/"))
WRITES_VECTORS = where("VectorsInBucket", *writes_files(LEARNING_FILES, "meaning/"))
READS_FEEDBACK = reads_index(FEEDBACK, "by_updated_at")
# The way into the slow lane: who waits, what is under way, what breaker and ledger say.
ADMITS = (
    *sends(ASK_QUEUE),
    *reads(RECOMMENDATIONS, "BatchGetItem"),
    *reads_index(RECOMMENDATIONS, "stale"),
    *writes(RECOMMENDATIONS, "PutItem"),
    *reads(BUDGET, "BatchGetItem"),
)
READS_OUTCOMES = reads(OUTCOMES, "BatchGetItem", "GetItem")  # what a viewer gets by experiments, and which films rest
PURGES = (
    *reads(SESSIONS, "Query"),
    *writes(SESSIONS, "BatchWriteItem"),
    *reads(FEEDBACK, "Query"),
    *writes(FEEDBACK, "BatchWriteItem"),
    *writes(RECOMMENDATIONS, "PutItem"),  # markers
    *writes(OUTCOMES, "DeleteItem", "UpdateItem"),
    *reads(RECOMMENDATIONS, "BatchGetItem"),  # whose list it was
)

FUNCTIONS = (
    Function(
        name="api",
        source=Http(),
        timeout_seconds=15,  # API Gateway gives up at 29 s; nothing of ours takes that long
        memory_mb=1024,
        may=[
            reads_secret(TOKEN_KEYS),
            reads_secret(SERVER_KEYS),
            reads(ACCOUNTS, "GetItem", "ConditionCheckItem"),
            writes(ACCOUNTS, "PutItem", "UpdateItem", "DeleteItem"),
            reads(SESSIONS, "GetItem", "Query"),
            writes(SESSIONS, "PutItem", "UpdateItem", "DeleteItem"),
            reads(FEEDBACK, "GetItem"),
            READS_FEEDBACK,
            writes(FEEDBACK, "PutItem", "UpdateItem", "DeleteItem"),
            reads(RECOMMENDATIONS, "BatchGetItem", "Query"),
            writes(RECOMMENDATIONS, "PutItem", "UpdateItem"),
            ADMITS,  # a request in somebody's own words, whose viewer is there; and until when a refresh has to wait
            reads(ITEM_SIMILARITY, "BatchGetItem"),  # films that are alike, and what is liked lately
            # Its own to some of them; an operator's dead letters back to all. `ADMITS` has the one for questions.
            sends(*(one for one in QUEUES if one != ASK_QUEUE)),
            measures_queues(*ALL_QUEUES),
            empties(*(queue.dead_letters_id for queue in QUEUES)),
            reads_index(RECOMMENDATIONS, "stale"),  # how many wait
            reads(OUTCOMES, "GetItem", "BatchGetItem"),
            writes(OUTCOMES, "PutItem"),
            READS_CATALOG,
            CHANGES_CATALOG,
            NOTES_IMPORTS,
            READS_VECTORS,
        ],
    ),
    Function(
        name="authorize",
        source=Authorizer(),
        timeout_seconds=10,
        memory_mb=256,
        may=[
            reads_secret(TOKEN_KEYS),
            reads_secret(SERVER_KEYS),
            reads(ACCOUNTS, "GetItem"),
            reads(SESSIONS, "GetItem"),
        ],
        fails=False,  # it refuses by raising, so its errors mean nothing
    ),
    Function(
        name="plan",
        source=Stream(FEEDBACK),
        timeout_seconds=30,
        memory_mb=256,
        may=[
            reads(FEEDBACK, "BatchGetItem"),
            reads(RECOMMENDATIONS, "BatchGetItem"),
            writes(RECOMMENDATIONS, "UpdateItem"),
            sends(REBUILD_QUEUE),
        ],
    ),
    Function(
        name="rebuild",
        source=REBUILD_QUEUE,
        timeout_seconds=30,
        memory_mb=1024,
        may=[
            tends(REBUILD_QUEUE),
            sends(REBUILD_QUEUE),  # itself again, when the first activity session has paused
            ADMITS,
            READS_FEEDBACK,
            reads(RECOMMENDATIONS, "Query"),
            writes(RECOMMENDATIONS, "DeleteItem", "BatchWriteItem"),
            reads(ITEM_SIMILARITY, "BatchGetItem"),
            READS_OUTCOMES,
            writes(OUTCOMES, "UpdateItem"),
            READS_CATALOG,
        ],
    ),
    Function(
        name="ask",
        source=ASK_QUEUE,
        timeout_seconds=ASK_TIMEOUT_SECONDS,
        memory_mb=512,
        alarms=(
            # A breaker lets few questions through, so it is shares that count: most of half an hour failed, or, on a
            # site that asks little, all of six hours.
            Alarm(
                id="GigachatFailures",
                metric="QuestionFailed",
                statistic="Average",
                above=0.5,
                period_seconds=900,
                periods=2,
            ),
            Alarm(id="GigachatSilent", metric="QuestionFailed", statistic="Average", above=0.99, period_seconds=21_600),
            Alarm(id="Budget", metric="BudgetUsed", statistic="Maximum", above=80),
        ),
        may=[
            tends(ASK_QUEUE),
            sends(REBUILD_QUEUE),  # it ends with a rebuild, which may wait for a pause or admit the next question
            ADMITS,
            reads_secret(GIGACHAT_KEY),
            READS_FEEDBACK,
            reads(RECOMMENDATIONS, "Query"),
            writes(RECOMMENDATIONS, "UpdateItem", "DeleteItem", "BatchWriteItem"),
            reads(ITEM_SIMILARITY, "BatchGetItem"),
            writes(ITEM_SIMILARITY, "PutItem"),  # what is said of new films
            writes(BUDGET, "UpdateItem"),
            READS_OUTCOMES,
            writes(OUTCOMES, "UpdateItem"),
            READS_CATALOG,
            READS_VECTORS,
            WRITES_VECTORS,
        ],
    ),
    Function(
        name="sweep",
        source=Schedule({"Ref": "SweepSchedule"}),
        timeout_seconds=60,
        memory_mb=256,
        may=[sends(REBUILD_QUEUE), ADMITS, writes(RECOMMENDATIONS, "UpdateItem")],
    ),
    Function(
        name="note_premieres",
        source=Schedule("rate(5 minutes)"),
        timeout_seconds=60,
        memory_mb=512,
        may=[
            reads(RECOMMENDATIONS, "BatchGetItem", "Query"),
            writes(RECOMMENDATIONS, "PutItem"),
            reads(ITEM_SIMILARITY, "BatchGetItem"),
            writes(ITEM_SIMILARITY, "PutItem"),
            READS_CATALOG,
        ],
    ),
    Function(
        name="tend_catalog",
        source=Schedule("rate(1 minute)"),  # 5 changes a second are 300 by then, which a reader takes in its stride
        timeout_seconds=300,  # 100,000 films with descriptions are built anew in two minutes, and sent in some seconds
        memory_mb=1769,  # one whole processor, and room for 100,000 films
        may=[
            READS_CATALOG,
            CHANGES_CATALOG,
            NOTES_IMPORTS,
            deletes_files(IMPORT_FILES, "imports/"),
            sends(IMPORTS_QUEUE),
        ],
    ),
    Function(
        name="take_imports",
        source=IMPORTS_QUEUE,
        timeout_seconds=TAKE_TIMEOUT_SECONDS,
        memory_mb=1769,  # one whole processor: reading and writing rows is arithmetic
        may=[
            rests(IMPORTS_QUEUE),
            sends(IMPORTS_QUEUE),
            NOTES_IMPORTS,
            deletes_files(IMPORT_FILES, "imports/"),
            reads(ACCOUNTS, "BatchGetItem"),
            reads(FEEDBACK, "GetItem"),
            READS_FEEDBACK,
            writes(FEEDBACK, "PutItem", "BatchWriteItem"),
            READS_CATALOG,
        ],
    ),
    Function(
        name="learn",
        source=Schedule("rate(1 hour)"),  # a step each: an export takes longer than a function may
        timeout_seconds=900,  # the queries take seconds to minutes
        memory_mb=1769,  # one whole processor: regressions and the choice of weights are arithmetic
        may=[
            reads_everything(FEEDBACK, LEARNING_FILES),
            reads(ITEM_SIMILARITY, "BatchGetItem"),
            writes(ITEM_SIMILARITY, "BatchWriteItem", "PutItem"),
            READS_CATALOG,  # the weights are chosen through the product's own ranking
            keeps_files(LEARNING_FILES),
            runs_queries("LearningWorkgroup", "LearningDatabase", "interactions", "exported", "events", *MADE_OF),
            reads_all(OUTCOMES),  # whose events are whose
        ],
    ),
    Function(
        name="write_events",
        source=EVENTS_QUEUE,
        timeout_seconds=60,
        memory_mb=512,  # a thousand messages of 12 KB, decoded
        may=[writes_files(LEARNING_FILES, "events/"), READS_CATALOG],  # how old films are that were shown
    ),
    Function(
        name="count_outcomes",
        source=Schedule({"Ref": "OutcomesSchedule"}),
        timeout_seconds=300,
        memory_mb=512,  # it waits for queries; of each viewer who tells events it holds 350 bytes
        may=[
            queries_files(LEARNING_FILES, "events/"),
            runs_queries("LearningWorkgroup", "LearningDatabase", "events"),
            reads(OUTCOMES, "BatchGetItem"),
            reads_all(OUTCOMES),
            writes(OUTCOMES, "PutItem", "UpdateItem"),
            sends(REBUILD_QUEUE),
        ],
    ),
    Function(
        name="erase",
        # New tombstones alone: every sign-up and profile change writes to that table too.
        source=Stream(
            ACCOUNTS, only={"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "erased#"}]}}}}
        ),
        timeout_seconds=60,
        memory_mb=256,
        may=[sends(ERASURE_QUEUE), PURGES],
    ),
    Function(
        name="purge_again",
        source=ERASURE_QUEUE,
        timeout_seconds=60,
        memory_mb=256,
        may=[
            sends(ERASURE_QUEUE),
            reads(ACCOUNTS, "GetItem"),
            PURGES,
            # A viewer from elsewhere may begin anew in the end, with the rest that the model had of them.
            writes(ACCOUNTS, "DeleteItem"),
            writes(RECOMMENDATIONS, "DeleteItem"),
            reads(SESSIONS, "GetItem"),
            reads(RECOMMENDATIONS, "BatchGetItem"),
            reads_secret(TOKEN_KEYS),
        ],
    ),
    Function(
        name="post_letters",
        source=LETTERS_QUEUE,
        timeout_seconds=30,
        memory_mb=256,
        may=[reads(ACCOUNTS, "GetItem"), writes(SESSIONS, "PutItem"), where("SendsLetters", *sends_letters())],
    ),
    Function(
        name="begin_weekly",
        source=Schedule({"Ref": "WeeklySchedule"}, {"Ref": "WeeklyLetters"}),
        timeout_seconds=30,
        memory_mb=256,
        may=[sends(WEEKLY_QUEUE)],
    ),
    Function(
        name="send_weekly",
        source=WEEKLY_QUEUE,
        timeout_seconds=60,
        memory_mb=1024,
        may=[
            sends(WEEKLY_QUEUE),  # a page of subscribers, letter by letter
            reads_index(ACCOUNTS, "letters"),
            reads(ACCOUNTS, "GetItem"),
            writes(ACCOUNTS, "UpdateItem"),
            reads_secret(TOKEN_KEYS),
            reads(RECOMMENDATIONS, "BatchGetItem", "Query"),
            READS_FEEDBACK,
            READS_CATALOG,
            where("SendsLetters", *sends_letters()),
        ],
    ),
)

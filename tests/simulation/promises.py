"""What a deployment promises, whatever happens to its parts.

Names are short and stable: they are the keys of the campaign's last line. `rated film shown`, `withdrawn film shown`
and `old session ends` are checked as the requests end (`viewers.py`), the rest here.
"""

from datetime import datetime, timedelta

from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import Taste, UserRecord
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.votes import FADED, freshness
from tests.simulation.deployment import TIMEOUTS, Deployment
from tests.simulation.evidence import Call, explained

CLOCKS_APART = timedelta(seconds=10)
CLOSED = ("answered", "useless", "refused")  # outcomes after which the same taste is not asked about again


def violated(deployment: Deployment, promise: str, detail: str) -> None:
    """A promise is broken."""
    deployment.evidence.violations.append((promise, detail))
    deployment.schedule.say(f"!! {promise}: {detail}")


def watch(deployment: Deployment) -> None:
    """From now on what must hold at every moment is looked at."""
    deployment.schedule.after_step = lambda: _check_ledger(deployment)
    deployment.model.asked = lambda call: _check_call(deployment, call)


def _check_ledger(deployment: Deployment) -> None:
    """Reserved and settled together are never less than the bill."""
    if not deployment.schedule.last_point.startswith(("budget", "model")):
        return
    ledger, bill = spent_tokens(deployment), deployment.evidence.billed_tokens
    if ledger < bill and not any(promise == "ledger below bill" for promise, _ in deployment.evidence.violations):
        violated(deployment, "ledger below bill", f"{ledger} < {bill}")


def spent_tokens(deployment: Deployment) -> int:
    """The ledger of all days."""
    return sum(entry.tokens for entry in deployment.budget_truth.entries.values())


def _check_call(deployment: Deployment, call: Call) -> None:
    """A call about to be made: one a cooldown, so many a day, none about what was asked before."""
    settings = deployment.settings
    if deployment.model.in_flight >= settings.llm_parallel:
        violated(deployment, "lanes", f"{deployment.model.in_flight + 1} calls in flight")
    if not call.key:  # its viewer was erased a moment ago, and with them which question it was
        return
    # It begins with the question, and the call comes some time later in the same worker.
    cooldown = timedelta(seconds=settings.ask_cooldown_seconds - TIMEOUTS["ask"]) - CLOCKS_APART
    mine = [one for one in deployment.evidence.calls if one.user_id == call.user_id]
    for one in mine:
        if one.key == call.key:
            if one.key in deployment.evidence.raws:
                violated(deployment, "paid twice", f"{call.user_id[-2:]}: its reply is stored already")
        elif one.outcome not in ("free", "refused") and call.at - one.at < cooldown:
            violated(deployment, "cooldown", f"{call.user_id[-2:]}: {(call.at - one.at).total_seconds():.0f} s later")
    day = day_of(call.at)
    keys = {one.key for one in mine if day_of(one.at) == day} | {call.key}
    if len(keys) > settings.ask_per_user_and_day and _far_from_midnight(call.at):
        violated(deployment, "day cap", f"{call.user_id[-2:]}: {len(keys)} questions on {day}")
    kept = deployment.evidence.raws
    closed = [one for one in mine if one.outcome in CLOSED and one.key != call.key]
    closed = [one for one in closed if one.outcome == "refused" or one.key in kept]  # what was lost may be asked again
    if closed and closed[-1].taste_hash == call.taste_hash:
        wished = deployment.evidence.wished.get(call.user_id)
        began = closed[-1].at - timedelta(seconds=TIMEOUTS["ask"])  # a later wish is another
        if wished is None or wished < began - CLOCKS_APART:
            violated(deployment, "nothing changed", f"{call.user_id[-2:]}: asked about {call.taste_hash[:6]} again")


def _far_from_midnight(at: datetime) -> bool:
    return day_of(at - CLOCKS_APART) == day_of(at + CLOCKS_APART)


def check_lists(deployment: Deployment, promise: str) -> None:
    """Every list reflects the viewer's last word."""
    for user_id in _viewers(deployment):
        said = deployment.feedback_truth.list_all(user_id)
        held = deployment.truth(user_id).list_
        if held is None:
            if said:
                violated(deployment, promise, f"{user_id[-2:]}: none was ever made")
        elif held.taste_hash != taste_of(said, deployment.schedule.now).taste_hash:
            violated(deployment, promise, f"{user_id[-2:]}: it is older than the last word")


def check_end(deployment: Deployment) -> None:
    """What must hold when all faults have healed and nobody has said anything for days."""
    check_lists(deployment, "list forgotten")
    for user_id in _viewers(deployment):
        _check_question(deployment, user_id)
        _check_wishes(deployment, user_id)
        _check_reply(deployment, user_id, deployment.truth(user_id))
    _check_words(deployment)
    _check_paid(deployment)
    _check_deleted(deployment)
    _check_dead_letters(deployment)
    _check_pages(deployment)


def _viewers(deployment: Deployment) -> list[str]:
    return [user_id for user_id in deployment.users if user_id not in deployment.evidence.deleted]


def can_be_asked_about(deployment: Deployment, taste: Taste) -> bool:
    """Enough is rated, and something of it for more than having been seen."""
    says = taste.liked or taste.steered or taste.disliked or taste.excluded
    return bool(says) and len(taste.rated) >= deployment.settings.ask_after_rated


def _check_question(deployment: Deployment, user_id: str) -> None:
    """The taste has been put to the model, and nothing is left open."""
    state = deployment.truth(user_id).state
    taste = taste_of(deployment.feedback_truth.list_all(user_id), deployment.schedule.now)
    if can_be_asked_about(deployment, taste) and state.asked_hash != taste.taste_hash:
        violated(deployment, "question forgotten", f"{user_id[-2:]}: {state}")
    if state.question_key or state.pending_since:
        violated(deployment, "question left open", f"{user_id[-2:]}: {state}")


def _check_wishes(deployment: Deployment, user_id: str) -> None:
    """A refresh that was answered with 202 led to a question."""
    taste = taste_of(deployment.feedback_truth.list_all(user_id), deployment.schedule.now)
    if not can_be_asked_about(deployment, taste):
        return
    closed = [one for one in deployment.evidence.calls if one.user_id == user_id and one.outcome in CLOSED]
    wishes = [(at, key) for who, at, key in deployment.evidence.wishes if who == user_id]
    # A wish that comes while a question is under way may be met by that one.
    forgotten = [at for at, key in wishes if not any(one.key == key or one.at >= at - CLOCKS_APART for one in closed)]
    if forgotten:
        violated(deployment, "refresh forgotten", f"{user_id[-2:]}: promised at {forgotten[0]:%H:%M:%S}")


def _check_reply(deployment: Deployment, user_id: str, record: UserRecord) -> None:
    """What was paid for is in the list: where a pick of a fresh reply can be shown, one is shown as the model's."""
    if record.reply is None or record.list_ is None:
        return
    taste = taste_of(deployment.feedback_truth.list_all(user_id), deployment.schedule.now)
    if not taste.rated or freshness(record.reply, taste) <= FADED:
        return
    can_be_shown = {pick.film_id for pick in record.reply.picks} - taste.rated
    can_be_shown &= {film.card.film_id for film in record.list_.films}
    if can_be_shown and not any(film.source == "gigachat" for film in record.list_.films):
        violated(deployment, "reply not in list", f"{user_id[-2:]}: {len(can_be_shown)} picks")


def _check_words(deployment: Deployment) -> None:
    """Every acknowledged word counts: some order of the requests explains what stands in the table."""
    for (user_id, film_id), words in deployment.evidence.words.items():
        if user_id in deployment.evidence.deleted:
            continue
        held = deployment.feedback_truth.find(user_id, film_id)
        if not explained(words, (held.rating, held.steer) if held else None):
            ends = (held.rating, held.steer) if held else None
            violated(deployment, "word lost", f"{user_id[-2:]} {film_id[:6]} ends as {ends} after {words}")


def _check_paid(deployment: Deployment) -> None:
    """A reply that reached its worker is stored, unless the worker died or the table was away; what was stored is
    judged."""
    last = {call.key: call for call in deployment.evidence.calls}  # of a question that was repeated
    for call in deployment.evidence.calls:
        if call.user_id in deployment.evidence.deleted or call.outcome != "answered" or call is not last[call.key]:
            continue
        if call.key not in deployment.evidence.raws:
            if not (call.task.killed or call.store_was_away):
                violated(deployment, "paid reply lost", f"{call.user_id[-2:]} at {call.at:%H:%M:%S}")
        elif call.key not in deployment.evidence.replies and not _all_rated(deployment, call):
            violated(deployment, "paid reply unjudged", f"{call.user_id[-2:]} at {call.at:%H:%M:%S}")


def _all_rated(deployment: Deployment, call: Call) -> bool:
    """Whether the viewer has, at some time, said something of each pick: then there was nothing left to accept."""
    return all((call.user_id, film_id) in deployment.evidence.words for film_id in call.picks)


def _check_deleted(deployment: Deployment) -> None:
    """Nothing of a deleted viewer remains."""
    for user_id in deployment.evidence.deleted:
        record = deployment.truth(user_id)
        held = {
            "account": deployment.accounts_truth.find(user_id),
            "sessions": deployment.sessions_truth.list_all(user_id),
            "feedback": deployment.feedback_truth.list_all(user_id),
            "list": record.list_,
            "reply": record.reply or record.raw,
        }
        left = sorted(name for name, value in held.items() if value)
        if left or not record.erased:
            violated(deployment, "deleted viewer remains", f"{user_id[-2:]}: {left}, marker {record.erased}")


def _check_dead_letters(deployment: Deployment) -> None:
    """All faults healed within an hour: nothing was given up."""
    for name, queue in deployment.queues.items():
        if queue.dead:
            violated(deployment, "dead letter", f"{name}: {[one.body for one in queue.dead]}")
    for name, stream in deployment.streams.items():
        if stream.given_up:
            violated(deployment, "dead letter", f"stream of {name}: {stream.given_up}")


def _check_pages(deployment: Deployment) -> None:
    """The lists that nobody has looked at for days."""
    from tests.simulation.viewers import Viewers

    viewers = Viewers(deployment)
    for user_id in _viewers(deployment):
        deployment.schedule.finish(viewers.look(user_id))
    for login in deployment.evidence.logins:
        deployment.schedule.finish(viewers.come_back(login))

"""What a deployment promises, whatever happens to its parts.

Names are short and stable: they are the keys of the campaign's last line. `rated film shown`, `withdrawn film shown`
and `old session ends` are checked as the requests end (`viewers.py`), the rest here.
"""

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.recommendations.llm.allowance import QUESTION_TOKENS_MAX, common_tokens_most
from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import Taste, UserRecord
from chalicelib.recommendations.premieres.note import film_of, subject_of
from chalicelib.recommendations.questions.admission import shares_of
from chalicelib.recommendations.questions.ask_once import ENDED
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
    if film_of(call.user_id):
        _check_call_about_film(deployment, call)
        return
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


def _check_call_about_film(deployment: Deployment, call: Call) -> None:
    """Each film is asked about once. What may have been billed and brought nothing has one more try on another day;
    what was lost with its worker has none. All together keep to their share of the day."""
    about = [one for one in deployment.evidence.calls if film_of(one.user_id)]
    for one in about:
        again = one.outcome == "free" or (one.outcome == "billed failure" and day_of(one.at) < day_of(call.at))
        if one.user_id == call.user_id and not again:
            violated(
                deployment, "film asked about again", f"{call.user_id[-4:]}: {one.outcome} at {one.at:%d %H:%M:%S}"
            )
    today = [*(one for one in about if day_of(one.at) == day_of(call.at)), call]
    tokens = sum(one.reserved_tokens for one in today)
    if tokens > _tokens_for_films(deployment) and _far_from_midnight(call.at):
        violated(deployment, "share of films", f"{tokens} tokens on {day_of(call.at)}")


def _tokens_for_films(deployment: Deployment) -> int:
    values = deployment.settings
    return values.budget_tokens_per_day * values.premieres_percent // 100


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
    _check_films(deployment)
    _check_unproven(deployment)
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


def films_to_be_asked_about(deployment: Deployment) -> list[str]:
    """New films that are there, where the day's tokens suffice for one."""
    if _tokens_for_films(deployment) < QUESTION_TOKENS_MAX:
        return []
    return [one for one in deployment.evidence.premieres if one in deployment.catalog_truth.films]


def is_asked_about(deployment: Deployment, film_id: str) -> bool:
    """Whether the question has come to its end."""
    return deployment.truth(subject_of(film_id)).state.asked_hash == ENDED


def _check_films(deployment: Deployment) -> None:
    """Every new film has been put to the model, and what was said of it is known."""
    for film_id in films_to_be_asked_about(deployment):
        state = deployment.truth(subject_of(film_id)).state
        if not is_asked_about(deployment, film_id):
            violated(deployment, "film forgotten", f"{film_id[:6]}: {state}")
        elif state.question_key or state.pending_since or state.stale_since:
            violated(deployment, "film left open", f"{film_id[:6]}: {state}")


def _check_unproven(deployment: Deployment) -> None:
    """What accounts that have proven nothing cost on a day is no more than their share."""
    values = deployment.settings
    most = common_tokens_most(values.budget_tokens_per_day, shares_of(values))
    cost: Counter[str] = Counter()
    for call in deployment.evidence.calls:
        if call.unproven and (entry := deployment.budget_truth.entries.get(call.key)):
            cost[entry.day] += call.cost
    for day, tokens in cost.items():
        if tokens > most:
            violated(deployment, "share of the unproven", f"{tokens} of {most} tokens on {day}")


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
            if not (call.task.killed or "store" in call.task.away):
                violated(deployment, "paid reply lost", f"{call.user_id[-2:]} at {call.at:%H:%M:%S}")
        elif not (_is_known(deployment, call) or _all_rated(deployment, call)):
            violated(deployment, "paid reply unjudged", f"{call.user_id[-2:]} at {call.at:%H:%M:%S}")


def _is_known(deployment: Deployment, call: Call) -> bool:
    """Whether what was said is kept where lists are made from it."""
    if film_id := film_of(call.user_id):
        return film_id in deployment.film_questions_truth.held.for_lovers_of
    return call.key in deployment.evidence.replies


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

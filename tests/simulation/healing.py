"""After the chaos: everything heals and runs dry, as it would by itself. Nobody redrives, nobody says anything."""

from datetime import timedelta

from chalicelib.recommendations.ranking.taste import taste_of
from tests.simulation import promises
from tests.simulation.deployment import SWEEP_SECONDS, Deployment
from tests.simulation.driver import Driver
from tests.simulation.living import live

LISTS_RIGHT_WITHIN = timedelta(minutes=30)  # a mark rests ten minutes, a killed worker's message three
PHASES = ((3 * 3_600, 600), (27 * 3_600, 3_600), (96 * 3_600, 3 * 3_600))
"""How long, and how often the sweep is looked at: rarer than in truth, for it is the same sweep that finds somebody."""
AFTERWARDS_SECONDS = 4 * 3_600  # when all is done, nothing may happen any more


def heal(deployment: Deployment, driver: Driver) -> None:
    """Until nobody waits, at most five days; the promises about lists are checked after half an hour."""
    driver.heal()
    live(deployment, LISTS_RIGHT_WITHIN.total_seconds())
    promises.check_lists(deployment, "list late")
    for seconds, every in PHASES:
        for _ in range(seconds // every):
            if is_settled(deployment):
                break
            live(deployment, every, sweep_seconds=max(every, SWEEP_SECONDS))
    live(deployment, AFTERWARDS_SECONDS, sweep_seconds=max(1_800, SWEEP_SECONDS))


def is_settled(deployment: Deployment) -> bool:
    """Whether nothing is on its way and nobody waits for a question."""
    if deployment.schedule.tasks or any(queue.messages for queue in deployment.queues.values()):
        return False
    if not all(stream.is_empty for stream in deployment.streams.values()):
        return False
    if not all(promises.is_asked_about(deployment, one) for one in promises.films_to_be_asked_about(deployment)):
        return False
    return all(_is_answered(deployment, user_id) for user_id in deployment.users)


def _is_answered(deployment: Deployment, user_id: str) -> bool:
    if user_id in deployment.evidence.deleted:
        return True
    record = deployment.truth(user_id)
    taste = taste_of(deployment.feedback_truth.list_all(user_id), deployment.schedule.now)
    list_is_right = record.list_.taste_hash == taste.taste_hash if record.list_ else not taste.rated
    state = record.state
    waits = state.stale_since or state.pending_since or state.question_key
    enough = promises.can_be_asked_about(deployment, taste)
    wished = enough and state.refresh_requested_at is not None
    asked = not enough or state.asked_hash == taste.taste_hash
    return list_is_right and asked and not waits and not wished

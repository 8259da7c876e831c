"""The deployment by itself: what is due is delivered at once, the sweep comes round, time passes in between."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.deployment import LOOK_SECONDS, SWEEP_SECONDS, Deployment

AT_ONCE_MOST = 10  # workers of one function

type Skew = Callable[[], float]


def _none() -> float:
    return 0.0


def live(deployment: Deployment, seconds: float, skew: Skew = _none, sweep_seconds: float = SWEEP_SECONDS) -> None:
    """Lets so much time pass. The sweep comes round every `sweep_seconds`, which may be rarer than in truth;
    so may then the look for new films."""
    schedule = deployment.schedule
    until = schedule.now + timedelta(seconds=seconds)
    next_sweep = _round_up(schedule.now, sweep_seconds)
    next_look = _round_up(schedule.now, look_seconds := max(LOOK_SECONDS, sweep_seconds))
    while True:
        deliver_due(deployment, skew)
        if schedule.now >= next_sweep:
            deployment.sweep(skew())
            next_sweep = _round_up(schedule.now, sweep_seconds)
        if schedule.now >= next_look:
            deployment.look_for_new_films(skew())
            next_look = _round_up(schedule.now, look_seconds)
        task = schedule.next_task()
        moments = [next_sweep, next_look, until, *_deliveries(deployment), *([task.resumes_at] if task else [])]
        then = max(schedule.now, min(moments))
        if then >= until:
            break
        schedule.now = then
        if task and task.resumes_at <= then:
            schedule.step(task)
    schedule.advance_to(until)


def deliver_due(deployment: Deployment, skew: Skew = _none) -> None:
    """Whatever can be delivered now is."""
    for name in deployment.streams:
        deployment.deliver_stream(name, skew=skew())
    for name, queue in deployment.queues.items():
        while _workers(deployment, name) < AT_ONCE_MOST and (ready := queue.ready()):
            deployment.deliver(name, ready, skew())


def _workers(deployment: Deployment, queue: str) -> int:
    return sum(task.kind == deployment.function_of[queue] for task in deployment.schedule.tasks)


def _deliveries(deployment: Deployment) -> list[datetime]:
    """When something will be deliverable that is not yet."""
    later = [queue.next_visible() for queue in deployment.queues.values()]
    later += [stream.next_at() for stream in deployment.streams.values()]
    return [one for one in later if one is not None and one > deployment.schedule.now]


def _round_up(now: datetime, seconds: float) -> datetime:
    at = now.timestamp()
    return datetime.fromtimestamp(at - at % seconds + seconds, now.tzinfo)

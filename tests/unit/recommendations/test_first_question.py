"""The first question waits until the first sitting pauses."""

from tests.lanes import Lanes


def lanes() -> Lanes:
    return Lanes(ask_first_pause_seconds=15, ask_first_wait_seconds=60)


def test_the_first_question_knows_all_likes_when_the_viewer_has_paused() -> None:
    world = lanes()
    for one in world.films[:5]:
        world.like(one.titles.main)
        world.deliver()
        world.wait(seconds=5)
    assert world.fake_model.prompts == []
    assert world.page().state == "updating"
    world.wait(seconds=10)
    world.deliver()
    assert len(world.fake_model.prompts) == 1
    text = world.fake_model.prompts[0].messages[-1].content
    assert all(one.titles.main in text for one in world.films[:5])


def test_it_is_asked_after_a_minute_when_the_viewer_goes_on() -> None:
    world = lanes()
    for one in world.films[:14]:
        world.like(one.titles.main)
        world.deliver()
        world.wait(seconds=5)
    assert len(world.fake_model.prompts) == 1


def test_the_sweep_asks_when_the_wake_up_was_lost() -> None:
    world = lanes()
    world.like_some(3)
    world.deliver()
    world.outbox.delayed.clear()
    world.wait(hours=1)
    world.sweep()
    world.deliver()
    assert len(world.fake_model.prompts) == 1

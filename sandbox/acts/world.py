"""Whoever plays with the sandbox: its clock, its faults, its limits."""

from sandbox.acts.ask import Ask, act
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.rates import Limits
from sandbox.world import World

FARTHEST = 366 * 86_400.0


@act("clock")
def clock(world: World, ask: Ask) -> Json:
    """Moves the platform's clock on."""
    ahead = ask.number("advance", 0.0)
    if not 0 <= ahead <= FARTHEST:
        raise bad_request("advance must be from 0 seconds to a year")
    now = world.clock.advance(ahead)
    world.events.add("clock", 0, {"now": now})
    return {"now": now}


@act("faults")
def faults(world: World, ask: Ask) -> Json:
    fault = world.faults.add(ask.body)
    told(world)
    return fault.api()


@act("faults", "DELETE")
def no_faults(world: World, ask: Ask) -> bool:
    del ask
    world.faults.clear()
    told(world)
    return True


def told(world: World) -> None:
    world.events.add("fault", 0, {"faults": [fault.api() for fault in world.faults.on]})


@act("limits")
def limits(world: World, ask: Ask) -> Json:
    """The rates bots are held to; zero switches one off."""
    now = world.rates.limits
    made = Limits(
        ask.number("per_second", now.per_second),
        ask.number("per_chat_per_second", now.per_chat_per_second),
        ask.number("per_group_per_minute", now.per_group_per_minute),
    )
    if min(made.per_second, made.per_chat_per_second, made.per_group_per_minute) < 0:
        raise bad_request("limits must not be negative")
    world.rates.limits = made
    return {
        "per_second": made.per_second,
        "per_chat_per_second": made.per_chat_per_second,
        "per_group_per_minute": made.per_group_per_minute,
    }

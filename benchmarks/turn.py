"""How fast durable turns are: `make bench`, or `python -m benchmarks.turn` with the options below.

    turn   Vigil: Turns.receive on a real PostgreSQL, every message committed with fsync before the next one
    floor  the same statements with the same kind of arguments in a bare asyncpg loop (floor.py)
    peer   the same journal as a bot on python-telegram-bot's ConversationHandler, with a persistence in PostgreSQL
           that is written after every update (peer.py)
    bare peer   the mere skeleton of that: a regular expression, three canned answers, a log, a trade (bare.py)

They take turns in rounds, so that a busy moment of the machine meets all of them; only the ratios mean anything
on another machine. Jobs and deliveries do not run.
"""

import argparse
import asyncio
import itertools
import logging

from benchmarks import bare, databases, distance, floor, journal, peer
from benchmarks.figures import Contender, Results, measure, ratio_table, speed_table
from benchmarks.script import Script
from bot.settings import Settings

WARM_UP_SECONDS = 1.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turn", description="Durable turns, side by side.")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each contender in a round (default 2)")
    parser.add_argument("--rounds", type=int, default=5, help="at each number of chats (default 5)")
    parser.add_argument("--chats", default="1,8,32", help="numbers of chats in flight (default 1,8,32)")
    parser.add_argument("--distance", type=float, default=0, help="ms to the database and back, besides (default 0)")
    return parser.parse_args()


async def compare(contenders: list[Contender], chats: list[int], rounds: int, seconds: float) -> Results:
    scripts = {contender.name: Script() for contender in contenders}
    lanes = {name: [script.lane() for _ in range(max(chats))] for name, script in scripts.items()}
    for contender in contenders:
        await measure(contender, lanes[contender.name], WARM_UP_SECONDS)
    results: Results = {number: {contender.name: [] for contender in contenders} for number in chats}
    for number, _, contender in itertools.product(chats, range(rounds), contenders):
        sample = await measure(contender, lanes[contender.name][:number], seconds)
        results[number][contender.name].append(sample)
    return results


async def main() -> None:
    arguments = _arguments()
    chats = [int(number) for number in arguments.chats.split(",")]
    connections: int = Settings.model_fields["pool_size"].default
    async with (
        databases.served() as here,
        distance.away(here, arguments.distance) as served,
        journal.opened(served.vigil, connections) as ours,
        floor.opened(served.floor, connections) as statements,
        peer.opened(served.peer, connections) as theirs,
        bare.opened(served.bare, connections) as skeleton,
    ):
        contenders: list[Contender] = [ours, statements, theirs, skeleton]
        results = await compare(contenders, chats, arguments.rounds, arguments.seconds)
        print("\n".join(speed_table(results)), end="\n\n")
        print("\n".join(ratio_table(results, ours.name, [other.name for other in contenders[1:]])), end="\n\n")
        for contender in contenders:
            print(f"{contender.name}: {await contender.recorded()} trades recorded")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())

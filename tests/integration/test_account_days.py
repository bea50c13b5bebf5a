"""Whatever is recorded, closed, edited, undone, rested or told of a balance: each account's days are what plain loops
over the trades give, on the day that the account's own clock says, and no account or trader is touched by another.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.accounts import Account, Accounts
from bot.journal import changes_of
from db import conversations, turns
from statemachine.conversation import CloseTrade, Draft, EditTrade, KnownTrade, RecordTrade
from statemachine.message import Chat
from statemachine.trade import TradeFields

CHAT = Chat("telegram", "bot", "1")
ONE_DAY = timedelta(days=1)
BEGINS = (datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
"""Around the nights in which New York and Berlin change their clocks."""
TRADERS: tuple[dict[str, Any], ...] = (
    {
        "size": 50_000,
        "trails": "trailing_eod",
        "zone": "America/New_York",
        "start": {"hour": 18},
        "other": ("euro", 100_000, "trailing intraday", "Europe/Berlin", 0),
    },
    {
        "size": 25_000,
        "trails": "trailing_intraday",
        "zone": "Europe/Berlin",
        "start": {"zone": "America/Chicago", "hour": 17},
        "other": ("tokyo", 10_000, "static", "Asia/Tokyo", 7),
    },
)


def day_by_the_clock(moment: datetime, zone: str, hour: int) -> date:
    """The session that holds a moment, found by laying out the sessions around it."""
    day = moment.date() - 3 * ONE_DAY
    while True:
        opens = day - ONE_DAY if hour >= 12 else day
        start, end = (
            datetime.combine(on, time(hour), ZoneInfo(zone)).astimezone(UTC) for on in (opens, opens + ONE_DAY)
        )
        if start <= moment < end:
            return day
        day += ONE_DAY


@dataclass
class Book:
    """One account as the test knows it: its clock, what was told of its balance, which days rest."""

    user: UUID
    account: Account
    clock: tuple[str, int]
    told: list[tuple[date, str, Decimal, Decimal | None]] = field(default_factory=list)
    resting: set[date] = field(default_factory=set)

    @property
    def intraday(self) -> bool:
        return "intraday" in (self.account.limits.max_drawdown_type or "")

    @property
    def key(self) -> tuple[UUID, UUID | None]:
        return self.user, self.account.id


Expected = dict[tuple[UUID, UUID | None], list[tuple[Any, ...]]]


def expected_days(book: Book, trades: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The account's days by loops over everything it holds."""
    amounts: dict[date, list[tuple[datetime, UUID, Decimal]]] = defaultdict(list)
    taken: dict[date, int] = defaultdict(int)
    scores: dict[date, list[Decimal]] = defaultdict(list)
    for trade in trades:
        costs = Decimal(0) if trade["basis"] == "net" else trade["commissions"] or Decimal(0)
        made = Decimal(0) if trade["legs"] else trade["pnl"]
        taken[trade["day"]] += 1
        if trade["score"] is not None:
            scores[trade["day"]].append(trade["score"])
        amounts[trade["day"]].append((trade["at"], trade["id"], None if made is None else made - costs))  # type: ignore[arg-type]
        for leg in trade["legs"]:
            amounts[leg["day"]].append((leg["at"], leg["id"], leg["pnl"]))
    balance = Decimal(book.account.limits.account_size or 0)
    high: Decimal | None = None
    rows = []
    told_on = {day for day, *_ in book.told}
    for day in sorted({*amounts, *told_on, *book.resting}):
        made_here = [amount for _, _, amount in sorted(amounts[day]) if amount is not None]
        pnl = sum(made_here, Decimal(0))
        start, peak = balance, None
        for _, kind, amount, top in (event for event in book.told if event[0] == day):
            if kind in ("balance", "reset"):
                start = amount
                peak = top if top is not None else peak
            else:
                start += amount
                high = None if high is None else high + amount
                peak = None if peak is None else peak + amount
        reached = [start]
        for amount in made_here if book.intraday else []:
            reached.append(reached[-1] + amount)
        balance = start + pnl
        tops = [balance] if peak is not None else [*reached, balance]
        before = peak if peak is not None else high
        high = max([*tops, *([before] if before is not None else [])])
        average = None
        if scores[day]:  # as the database rounds: 0.005 up
            average = (sum(scores[day], Decimal(0)) / len(scores[day])).quantize(Decimal("0.01"), ROUND_HALF_UP)
        status = "trading" if amounts[day] else "rest_day" if day in book.resting else "trading"
        loss, down = max(-pnl, Decimal(0)), max(high - balance, Decimal(0))
        rows.append((day, start, balance, pnl, high, taken[day], loss, down, average, status))
    return rows


COLUMNS = "trade_date, starting_balance, ending_balance, daily_pnl, max_equity_high, trades_taken, daily_loss_used, drawdown_used, compliance_score, day_status"  # noqa: E501
TRADES = """
select t.id, t.user_id, f.account_id, coalesce(d.trade_date, a.trade_date) as day, t.pnl, t.commissions,
    f.pnl_basis as basis, t.compliance_score as score, coalesce(t.exit_time, t.created_at) as at, f.is_open,
    t.daily_tracking_id is not null as on_main, f.account_day_id is not null as on_other,
    coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'pnl', l.pnl::text,
              'day', coalesce(ld.trade_date, la.trade_date),
              'at', coalesce(l.exit_time, l.created_at))) from worker.trade_legs l
              left join public.daily_tracking ld on ld.id = l.daily_tracking_id
              left join worker.account_days la on la.id = l.account_day_id where l.trade_id = t.id), '[]')::text as legs
from public.trades t join worker.trade_facts f on f.trade_id = t.id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id
left join worker.account_days a on a.id = f.account_day_id and a.user_id = t.user_id
order by t.created_at
"""


class World:
    """Two traders with two accounts each, changed as the worker changes them."""

    def __init__(self, connection: asyncpg.Connection, books: list[Book], accounts: dict[UUID, Accounts]) -> None:
        self.connection, self.books, self.accounts = connection, books, accounts
        self.placed: dict[UUID, date | None] = {}
        self.moves: dict[int, tuple[date | None, date | None]] = {}

    @classmethod
    async def made(cls, connection: asyncpg.Connection) -> "World":
        books, accounts = [], {}
        for trader in TRADERS:
            user = uuid4()
            await connection.execute("insert into auth.users (id, email) values ($1, $2)", user, f"{user}@example.test")
            preferences = {"timezone": trader["zone"], "day_start": trader["start"]}
            await connection.execute(
                "update public.profiles set account_size = $2, max_drawdown_type = $3, journal_preferences = $4"
                " where id = $1",
                user,
                trader["size"],
                trader["trails"],
                json.dumps(preferences),
            )
            row = await connection.fetchval(
                "insert into worker.accounts as a (user_id, name, account_size, max_drawdown_type, day_zone, day_hour)"
                " values ($1, $2, $3, $4, $5, $6) returning to_jsonb(a)::text",
                user,
                *trader["other"],
            )
            limits = {"account_size": trader["size"], "max_drawdown_type": trader["trails"]}
            own = Accounts.of({"preferences": preferences, "limits": limits, "accounts": [json.loads(row)]})
            accounts[user] = own
            home = (trader["start"].get("zone", trader["zone"]), trader["start"]["hour"])
            books += [Book(user, own.all[0], home), Book(user, own.all[1], trader["other"][3:])]
        return cls(connection, books, accounts)

    async def trades(self) -> dict[tuple[UUID, UUID | None], list[dict[str, Any]]]:
        found = defaultdict(list)
        for row in await self.connection.fetch(TRADES):
            trade = dict(row)
            trade["legs"] = [
                leg | {"pnl": Decimal(leg["pnl"]), "day": date.fromisoformat(leg["day"]),
                       "at": datetime.fromisoformat(leg["at"]), "id": UUID(leg["id"])}
                for leg in json.loads(row["legs"])
            ]  # fmt: skip
            found[row["user_id"], row["account_id"]].append(trade)
        return found

    async def stored(self, book: Book) -> list[tuple[Any, ...]]:
        if book.account.id is None:
            query = f"select {COLUMNS} from public.daily_tracking where user_id = $1 order by trade_date"
            return [tuple(row) for row in await self.connection.fetch(query, book.user)]
        query = f"select {COLUMNS} from worker.account_days where account_id = $1 order by trade_date"
        return [tuple(row) for row in await self.connection.fetch(query, book.account.id)]

    async def known(self, book: Book, trade_id: UUID) -> KnownTrade:
        text = await self.connection.fetchval(
            "select worker.known_trade(t, f)::text from public.trades t join worker.trade_facts f on f.trade_id = t.id"
            " where t.id = $1",
            trade_id,
        )
        known = conversations.load_known_trade(text)
        assert known is not None
        return known

    async def change(
        self, book: Book, effect: RecordTrade | CloseTrade | EditTrade, trade_id: UUID, to: date | None = None
    ) -> None:
        """`to`: the day that the trade is on afterwards, where the change moves it."""
        changes = changes_of((effect,), self.accounts[book.user], CHAT)
        applied = await turns.apply_changes(self.connection, book.user, changes)
        before = self.placed.get(trade_id)
        self.placed[trade_id] = to or before
        self.moves[applied["changes"][0]["id"]] = (before, self.placed[trade_id])

    async def turn_back(self, book: Book, kind: str) -> None:
        """Undo or redo: the trade is on the day where it was before, or after, the change that is named."""
        applied = await turns.apply_changes(self.connection, book.user, [{"kind": kind, "id": None}])
        for change in applied["changes"]:
            sides = [side for side in (change["before"], change["after"]) if side is not None]
            assert len({side["facts"]["account_id"] for side in sides}) == 1
            self.placed[UUID(change["trade_id"])] = self.moves[change["id"]][kind == "redo"]

    async def check(self) -> None:
        trades = await self.trades()
        for book in self.books:
            mine = trades.get(book.key, [])
            assert all((trade["on_main"], trade["on_other"]) == (book.account.id is None, book.account.id is not None)
                       for trade in mine)  # fmt: skip
            assert await self.stored(book) == expected_days(book, mine)
        where = {trade["id"]: trade["day"] for found in trades.values() for trade in found}
        assert where == {trade_id: self.placed[trade_id] for trade_id in where}


MONEY = st.integers(-150_000, 150_000).map(lambda cents: Decimal(cents) / 100)
KINDS = ("record", "record", "open", "open", "close", "part", "rest_out", "edit", "note", "times", "named day", "undo",
         "redo", "override", "rest", "rest off", "balance", "payout", "deposit", "reset", "untell")  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from((0, 0, 0, 1, 1, 1, 2, 3)),
        st.integers(0, 9).map(lambda third: 8 * third),
        MONEY,
        st.integers(0, 7),
        st.booleans(),
    ),
    min_size=6,
    max_size=18,
)
"""Most of it on one trader's accounts within a few days, where it meets."""


@given(steps=STEPS, begin=st.sampled_from(BEGINS))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_sequence_over_two_traders_with_two_accounts_each(
    connection: asyncpg.Connection, steps: list[tuple[Any, ...]], begin: datetime
) -> None:
    await connection.execute("delete from auth.users")
    world = await World.made(connection)
    for step in steps:
        await take(world, begin, *step)
        await world.check()


async def take(
    world: World, begin: datetime, kind: str, which: int, hours: int, money: Decimal, pick: int, flag: bool
) -> None:
    book = world.books[which]
    moment = begin + timedelta(hours=hours, minutes=pick)
    day = day_by_the_clock(moment, *book.clock)
    mine = (await world.trades()).get(book.key, [])
    chosen = mine[pick % len(mine)] if mine else None
    match kind:
        case "record" | "open":
            await record(world, book, moment, money, pick, flag, is_open=kind == "open")
        case "balance" | "reset" | "payout" | "deposit":
            await tell(world, book, day, kind, money, flag, mine)
        case "untell":
            told = await world.connection.fetchval("select worker.untell_balance($1, $2)", book.user, book.account.id)
            assert (told is not None) == bool(book.told)
            book.told = book.told[:-1]
        case "rest" | "rest off":
            await rest(world, world.books[which - which % 2], day, off=kind == "rest off")
        case "undo" | "redo":
            await world.turn_back(book, kind)
        case "override" if chosen is not None:
            score = abs(money) % 101
            await world.connection.execute(
                "update public.trades set compliance_score = $2, audit_status = 'audited' where id = $1",
                chosen["id"], None if chosen["is_open"] else score,
            )  # fmt: skip
            await world.connection.execute("select worker.recompute_trade($1, $2)", book.user, chosen["id"])
        case _ if chosen is not None:
            await change(world, book, kind, moment, day, money, chosen)


async def record(
    world: World, book: Book, moment: datetime, money: Decimal, pick: int, flag: bool, *, is_open: bool
) -> None:
    """With an exit time, an entry time or only the message's: the first that is known decides the day."""
    fields = TradeFields(symbol="XX", direction="long", position_size=Decimal(2), account=book.account.name)
    if is_open:
        fields = replace(fields, entry_price=Decimal(100))
    else:
        costs = Decimal(pick) if flag else None
        fields = replace(fields, pnl=money, commissions=costs, pnl_basis="net" if pick == 3 and not flag else None)
    if pick in (1, 2):
        fields = replace(fields, entry_time=moment, exit_time=None if is_open or pick == 1 else moment)
    draft = Draft(id=uuid4(), fields=fields, said_at=moment)
    await world.change(book, RecordTrade(draft), draft.id, day_by_the_clock(moment, *book.clock))


async def tell(
    world: World, book: Book, day: date, kind: str, money: Decimal, flag: bool, mine: list[dict[str, Any]]
) -> None:
    said = Decimal(book.account.limits.account_size or 0) + money if kind in ("balance", "reset") else abs(money) + 1
    peak = said + 500 if kind == "reset" or flag else None
    so_far = next((row[3] for row in expected_days(book, mine) if row[0] == day), Decimal(0))
    row = await world.connection.fetchval(
        "select worker.tell_balance($1, $2, $3, $4, $5, $6)::text",
        book.user, book.account.id, day, kind, said, peak if kind in ("balance", "reset") else None,
    )  # fmt: skip
    if kind in ("balance", "reset"):
        book.told.append((day, kind, said - so_far, peak))
        assert Decimal(str(json.loads(row, parse_float=Decimal)["ending_balance"])) == said
    else:
        book.told.append((day, kind, -said if kind == "payout" else said, None))


async def rest(world: World, book: Book, day: date, *, off: bool) -> None:
    """Rest is the default account's; a day with trades does not rest."""
    trades = (await world.trades()).get(book.key, [])
    traded = any(day in (trade["day"], *(leg["day"] for leg in trade["legs"])) for trade in trades)
    possible = not traded and (day in book.resting if off else True)
    status = "trading" if off else "rest_day"
    done = await world.connection.fetchval("select worker.mark_day($1, $2, $3)", book.user, day, status)
    assert done == possible
    if done:
        book.resting = book.resting - {day} if off else book.resting | {day}


async def change(
    world: World, book: Book, kind: str, moment: datetime, day: date, money: Decimal, chosen: dict[str, Any]
) -> None:
    """A close, a part, or an edit; what moves the day is a close, new times and a named day."""
    known = await world.known(book, chosen["id"])
    draft = Draft(id=uuid4(), fields=TradeFields(), said_at=moment, trade_id=known.trade_id, choices=(known,))
    if kind in ("close", "part", "rest_out"):
        part = kind == "part" and known.held == 2
        size = Decimal(1) if part else known.held
        if not known.is_open or size is None:
            return
        fields = replace(known.fields, position_size=size, pnl=money, exit_time=moment)
        closing = CloseTrade(replace(draft, kind="close", fields=fields))
        await world.change(book, closing, known.trade_id, None if part else day)
        return
    edits = {
        "edit": TradeFields(pnl=money),
        "note": TradeFields(stop_loss=Decimal(99), commissions=abs(money)),
        "times": TradeFields(entry_time=moment, exit_time=None if known.is_open else moment),
        "named day": TradeFields(day=day),
    }
    partly = known.is_open and known.open_size is not None
    if partly and kind in ("edit", "times"):
        return  # refused by the conversation
    closes = kind == "edit" and known.is_open  # a result closes it, on the message's day
    moves = closes or kind in ("times", "named day")
    effect = EditTrade(replace(draft, kind="edit", fields=edits[kind]))
    await world.change(book, effect, known.trade_id, day if moves else None)

"""worker.plans: trades that are planned and not taken.

A turn loads and writes them with begin_turn and finish_turn. Every statement names the user.
"""

from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from db.jsonb import read_json
from db.pool import Connection
from statemachine.conversation import Effect, EndPlan, KeepPlan
from statemachine.plan import PLAN_KEPT, Plan

_plan: Final = TypeAdapter(Plan)
_OWN_COLUMNS: Final = {"id", "planned_at", "source"}


def load_plans(rows: Any) -> tuple[Plan, ...]:
    """As begin_turn gives them; one that another version wrote otherwise is left out."""
    plans = (_plan_or_none(row) for row in rows or ())
    return tuple(plan for plan in plans if plan is not None)


def _plan_or_none(row: Any) -> Plan | None:
    try:
        return _plan.validate_python(row)
    except ValidationError:
        return None


def dump_plans(effects: tuple[Effect, ...]) -> list[dict[str, Any]]:
    """What a step's effects do with plans, as finish_turn takes it."""
    return [put for effect in effects if (put := _put(effect)) is not None]


def _put(effect: Effect) -> dict[str, Any] | None:
    match effect:
        case KeepPlan(plan):
            said = _plan.dump_python(plan, mode="json", exclude_none=True, exclude=_OWN_COLUMNS)
            return {"id": str(plan.id), "plan": said, "source_id": plan.source}
        case EndPlan(plan_id, filled_by):
            return {"id": str(plan_id), "filled_by": None if filled_by is None else str(filled_by)}
        case _:
            return None


WAITS_AGAIN = """
select p.plan || jsonb_build_object('id', p.id, 'planned_at', p.planned_at) from worker.plans p
where p.user_id = $1 and p.filled_by = $2 and p.planned_at > now() - $3::interval and worker.is_open(p)
"""
FORGET = "delete from worker.plans where planned_at < now() - $1::interval"


async def waits_again(connection: Connection, user_id: UUID, trade_id: UUID) -> Plan | None:
    """The plan of a trade that was taken back."""
    found = read_json(await connection.fetchval(WAITS_AGAIN, user_id, trade_id, PLAN_KEPT))
    return _plan_or_none(found) if found else None


async def forget_old(connection: Connection) -> int:
    """Drop the plans that were kept for long enough; how many there were."""
    return int((await connection.execute(FORGET, PLAN_KEPT)).rpartition(" ")[2])

"""Recorded trades named in plain words, in five languages; and what is none of them."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext
from bot.reading.changing import Asked, asked_in, deletes_it, fill_of, numbered
from statemachine.trade import TradeFields

CONTEXT = ReadContext(state="idle", now=datetime(2026, 3, 23, 15, tzinfo=UTC), zone=ZoneInfo("UTC"))
KNOWN = TradeFields(symbol="NQ", direction="long", entry_price=Decimal(18250), position_size=Decimal(2))
SAID = """
delete trade 2                       | delete | 2
remove the last trade                | delete | 1
delete 2                             | delete | 2
edit trade 2                         | edit   | 2
edit my last trade: stop 18230       | edit   | 1 stop 18230
edit 2 exit 18295                    | edit   | 2 exit 18295
change the exit of trade 2 to 18300  | edit   | 2 the exit to 18300
trade 2: exit 18300                  | edit   | 2 exit 18300
my trade 2 size 3                    | edit   | 2 size 3
added 1 more at 18240 to trade 2     | add    | 2 1 more at 18240
add exit 1 at 18300 to 2             | exit   | 2 1 at 18300
remove the stop from trade 2         | edit   | 2 remove the stop
no fees on 2                         | edit   | 2 no fees
trade 2: no stop                     | edit   | 2 no stop
for trade 2 remove the target        | edit   | 2 remove the target
borra la operación 2                 | delete | 2
elimina la última operación          | delete | 1
edita la operación 2 salida 18295    | edit   | 2 salida 18295
corrige la última operación: stop 18230 | edit | 1 stop 18230
cambia la salida de la operación 2 a 18300 | edit | 2 la salida a 18300
operación 2: salida 18300            | edit   | 2 salida 18300
añadí 1 más a 18240 a la operación 2 | add    | 2 1 más a 18240
añade una salida de 1 a 18300 a la operación 2 | exit | 2 de 1 a 18300
quita el stop de la operación 2      | edit   | 2 quita el stop
lösche den Trade 2                   | delete | 2
letzten Trade löschen                | delete | 1
bearbeite den letzten Trade: stop 18230 | edit | 1 stop 18230
ändere den Ausstieg von Trade 2 auf 18300 | edit | 2 den Ausstieg auf 18300
Trade 2: Ausstieg 18300              | edit   | 2 Ausstieg 18300
nachgekauft 1 bei 18240 zu Trade 2   | add    | 2 1 bei 18240
ergänze einen Ausstieg 1 bei 18300 zu Trade 2 | exit | 2 1 bei 18300
entferne den Stop von Trade 2        | edit   | 2 entferne den Stop
apague o trade 2                     | delete | 2
exclui a última operação             | delete | 1
edita a operação 2 saída 18295       | edit   | 2 saída 18295
muda a saída da operação 2 para 18300 | edit  | 2 a saída para 18300
operação 2: saída 18300              | edit   | 2 saída 18300
adicionei mais 1 a 18240 na operação 2 | add  | 2 mais 1 a 18240
adicionei uma saída 1 a 18300 no trade 2 | exit | 2 1 a 18300
tira o stop do trade 2               | edit   | 2 tira o stop
supprime le trade 2                  | delete | 2
efface le dernier trade              | delete | 1
modifie le trade 2 sortie 18295      | edit   | 2 sortie 18295
corrige le dernier trade : stop 18230 | edit  | 1 stop 18230
modifie la sortie du trade 2 à 18300 | edit   | 2 la sortie à 18300
trade 2 : sortie 18300               | edit   | 2 sortie 18300
renforcé 1 à 18240 sur le trade 2    | add    | 2 1 à 18240
ajoute une sortie 1 à 18300 au trade 2 | exit | 2 1 à 18300
supprime le stop du trade 2          | edit   | 2 supprime le stop
"""
CASES = [tuple(cell.strip() for cell in line.split("|")) for line in SAID.strip().splitlines()]
CAPTIONS = (
    "for 2", "chart of trade 2", "para la operación 2", "captura de la operación 2", "Bild zu Trade 2", "für 2",
    "gráfico da operação 2", "para o trade 2", "graphique pour le trade 2", "capture du trade 2", "for 2 #late",
)  # fmt: skip


@pytest.mark.parametrize(("said", "asked", "argument"), CASES, ids=[case[0] for case in CASES])
def test_what_is_asked_of_a_trade(said: str, asked: Asked, argument: str) -> None:
    assert asked_in(said, pictured=False) == (asked, argument)
    named = numbered(argument)
    assert named.number == int(argument.split()[0])
    if asked in ("add", "exit"):
        fill = fill_of(named.rest, KNOWN, CONTEXT, exits=asked == "exit")
        price = "exit_price" if asked == "exit" else "entry_price"
        assert fill is not None
        assert fill.said().keys() == {"position_size", price}
        assert fill.position_size == 1


@pytest.mark.parametrize("said", CAPTIONS)
def test_which_trade_a_caption_names(said: str) -> None:
    found = asked_in(said, pictured=True)
    assert found is not None
    assert (found[0], numbered(found[1]).number) == ("photo", 2)
    assert asked_in(said, pictured=False) == (("marked", f"2 {said}") if "#late" in said else None)


@pytest.mark.parametrize(
    "said",
    [
        "trade 1 long nq 18250 > 18290", "trade 1 nq +500", "trade 2 of 3", "change 2 contracts to 3",
        "fix 2 nq trades", "edit", "delete", "remove the stop", "added 1 more at 18240", "trade 2",
        "trade 1: exit 18300\ntrade 2: exit 9", "trade 2 was my best one",
        "remove the chart from 1", "long nq from 18250",
    ],
)  # fmt: skip
def test_what_asks_nothing_of_a_trade_by_number(said: str) -> None:
    assert asked_in(said, pictured=False) is None


@pytest.mark.parametrize(
    "said",
    ["delete", "Delete it.", "remove this trade", "borra esta operación", "lösche diesen Trade", "diesen Trade löschen",
     "apaga esse trade", "supprime ce trade"],
)  # fmt: skip
def test_deleting_what_is_answered(said: str) -> None:
    assert deletes_it(said)
    assert not deletes_it(f"{said} nq")

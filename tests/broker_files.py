"""Files as brokers write them, a few rows each, and what is in them: (symbol, side, size, entry, exit, gross, costs)."""

# ruff: noqa: E501

from decimal import Decimal

Row = tuple[str, str, str, str, str, str | None, str | None]

TRADOVATE_PERFORMANCE = """\
symbol,_priceFormat,_priceFormatType,_tickSize,buyFillId,sellFillId,qty,buyPrice,sellPrice,pnl,boughtTimestamp,soldTimestamp,duration
NQZ6,-2,0,0.25,101,102,2,18250.00,18290.00,"$1,600.00",11/16/2026 09:31:02,11/16/2026 09:40:10,9min 8sec
ESZ6,-2,0,0.25,104,103,1,5310.00,5305.00,$(250.00),11/17/2026 10:05:00,11/17/2026 10:01:00,4min
"""
TRADOVATE_FILLS = """\
_id,_orderId,_contractId,_timestamp,_tradeDate,_action,_qty,_price,_active,Fill ID,Order ID,Timestamp,Date,Account,B/S,Quantity,Price,_priceFormat,Contract,Product,commission
1,11,5,x,x,0,1,18250,true,201,11,11/16/2026 09:31:02,11/16/26,APEX-1, Buy,1,18250.00,-2,NQZ6,NQ,2.00
2,11,5,x,x,0,1,18250.5,true,202,11,11/16/2026 09:31:02,11/16/26,APEX-1, Buy,1,18250.50,-2,NQZ6,NQ,2.00
3,12,5,x,x,1,2,18290,true,203,12,11/16/2026 09:40:10,11/16/26,APEX-1, Sell,2,18290.00,-2,NQZ6,NQ,4.00
4,13,5,x,x,1,1,18300,true,204,13,11/16/2026 10:00:00,11/16/26,APEX-1, Sell,1,18300.00,-2,NQZ6,NQ,2.00
"""
TRADOVATE_ORDERS = """\
orderId,Account,Order ID,B/S,Contract,Product,Product Description,avgPrice,filledQty,Fill Time,Status,Timestamp,Date,Quantity,Type,Filled Qty,Avg Fill Price
1,APEX-1,301, Buy,MESZ6,MES,Micro,5310.25,2,11/16/2026 09:31:02, Filled,11/16/2026 09:31:02,11/16/26,2,Market,2,5310.25
2,APEX-1,302, Sell,MESZ6,MES,Micro,,,, Canceled,11/16/2026 09:31:02,11/16/26,2,Limit,,
3,APEX-1,303, Sell,MESZ6,MES,Micro,5320.25,2,11/16/2026 09:45:00, Filled,11/16/2026 09:45:00,11/16/26,2,Limit,2,5320.25
"""
NINJATRADER_TRADES = """\
Trade number;Instrument;Account;Strategy;Market pos.;Qty;Entry price;Exit price;Entry time;Exit time;Entry name;Exit name;Profit;Cum. net profit;Commission;Clearing Fee;Exchange Fee;IP Fee;NFA Fee;MAE;MFE;ETD;Bars;
1;MNQ 12-26;Sim101;;Long;2;18250,25;18260,25;16.11.2026 15:31:02;16.11.2026 15:40:10;Entry;Target1;38,76 $;38,76 $;1,24 $;0,00 $;0,00 $;0,00 $;0,00 $;5,00 $;50,00 $;10,00 $;8;
2;MNQ 12-26;Sim101;;Short;1;18300,00;18310,00;17.11.2026 15:31:02;17.11.2026 15:40:10;Entry;Stop1;-20,62 $;18,14 $;0,62 $;0,00 $;0,00 $;0,00 $;0,00 $;5,00 $;50,00 $;10,00 $;8;
"""
NINJATRADER_EXECUTIONS = """\
Instrument,Action,Quantity,Price,Time,ID,E/X,Position,Order ID,Name,Commission,Rate,Account,Connection,
MNQ SEP26,Sell,1,22010,6/16/2026 9:00:00 AM,e0,Exit,-,o0,Stop1,$0.62,1,Sim101,Live,
MNQ SEP26,Buy,3,22050.25,6/16/2026 9:08:00 AM,e1,Entry,3 L,o1,Entry,$1.86,1,Sim101,Live,
MNQ SEP26,Sell,1,22053,6/16/2026 9:09:00 AM,e2,Exit,2 L,o2,Target1,$0.62,1,Sim101,Live,
MNQ SEP26,Sell,2,22041.25,6/16/2026 1:10:00 PM,e3,Exit,-,o3,Stop1,$1.24,1,Sim101,Live,
"""
METATRADER5_REPORT = """\
Trade History Report
Name:,A Trader
Account:,1234
Positions
Time,Position,Symbol,Type,Volume,Price,S / L,T / P,Time,Price,Commission,Swap,Profit
2026.11.16 09:31:02,5001,EURUSD.r,buy,0.50,1.08500,1.08400,1.08700,2026.11.16 11:00:00,1.08650,-3.50,-0.25,75.00
2026.11.16 12:00:00,5002,XAUUSD,sell,0.10,2650.10,,,2026.11.17 09:00:00,2655.10,-0.70,1.10,-50.00
Orders
Open Time,Order,Symbol,Type,Volume,Price,S / L,T / P,Time,State,Comment
2026.11.16 09:31:02,6001,EURUSD.r,buy,0.50 / 0.50,market,,,2026.11.16 09:31:02,filled,
Deals
Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment
2026.11.15 00:00:00,1,,balance,,,,,0.00,0.00,0.00,10000.00,10000.00,deposit
"""
METATRADER5_DEALS = """\
Time\tDeal\tSymbol\tType\tDirection\tVolume\tPrice\tOrder\tCommission\tFee\tSwap\tProfit\tBalance\tComment
2026.11.15 00:00:00\t1\t\tbalance\t\t\t\t\t0.00\t0.00\t0.00\t10 000.00\t10 000.00\tdeposit
2026.11.16 09:31:02\t2\tEURUSD\tbuy\tin\t0.50\t1.08500\t7\t-1.75\t0.00\t0.00\t0.00\t9 998.25\t
2026.11.16 11:00:00\t3\tEURUSD\tsell\tout\t0.50\t1.08650\t8\t-1.75\t0.00\t-0.25\t75.00\t10 071.25\t
"""
METATRADER4_STATEMENT = """\
<html><head><title>Statement</title></head><body><table>
<tr><td colspan=14>Closed Transactions:</td></tr>
<tr><td>Ticket</td><td>Open Time</td><td>Type</td><td>Size</td><td>Item</td><td>Price</td><td>S / L</td><td>T / P</td><td>Close Time</td><td>Price</td><td>Commission</td><td>Taxes</td><td>Swap</td><td>Profit</td></tr>
<tr><td>9001</td><td>2026.11.15 00:00:00</td><td>balance</td><td colspan=10>Deposit</td><td>10 000.00</td></tr>
<tr><td>9002</td><td>2026.11.16 09:31</td><td>sell</td><td>1.00</td><td>gbpusd</td><td>1.26500</td><td>1.26700</td><td>0.00000</td><td>2026.11.16 10:10</td><td>1.26400</td><td>-7.00</td><td>0.00</td><td>0.00</td><td>100.00</td></tr>
<tr><td>9003</td><td>2026.11.16 09:31</td><td>buy limit</td><td>1.00</td><td>gbpusd</td><td>1.25000</td><td></td><td></td><td>2026.11.16 10:10</td><td>1.26400</td><td colspan=4>cancelled</td></tr>
</table></body></html>
"""
TRADINGVIEW_ORDERS = """\
Symbol,Side,Type,Qty,Limit Price,Stop Price,Fill Price,Status,Commission,Placing Time,Closing Time,Order ID,Level ID,Leverage,Margin
CME_MINI:ES1!,Sell,Market,5,,,5324.75,Filled,,2026-11-16 16:40:00,2026-11-16 16:40:00,800003,,20:01,"87,000.00 USD"
CME_MINI:ES1!,Sell,Limit,5,5330,,,Cancelled,,2026-11-16 16:35:00,2026-11-16 16:36:00,800002,,,
CME_MINI:ES1!,Buy,Limit,5,5321,,5320.75,Filled,,2026-11-16 16:31:00,2026-11-16 16:31:00,800001,,20:01,"86,900.00 USD"
"""
RITHMIC_ORDERS = """\
"Working Orders"

"Completed Orders"
"Account","Status","Remarks","Buy/Sell","Qty To Fill","Max Show Qty","Symbol","Price Type","Avg Fill Price","Limit Price","Order Number","User Id","Update Time (EST)","Qty Filled","Create Time (EST)","Commission","Commission Fill Rate"
"ACC-1","Filled","","S","2","","MNQZ6","M","18270.5000","","700001","USER-1","2026-11-16 09:52:19","2","2026-11-16 09:42:38","","0.51"
"ACC-1","Cancelled","","B","2","","MNQZ6","L","","18200","700002","USER-1","2026-11-16 09:53:00","0","2026-11-16 09:42:38","","0.51"
"ACC-1","Filled","","B","2","","MNQZ6","M","18260.5000","","700003","USER-1","2026-11-16 09:58:00","2","2026-11-16 09:57:38","","0.51"
"""
CTRADER_HISTORY = """\
Symbol,Opening direction,Opening time (UTC+2),Closing time (UTC+2),Entry price,Closing price,Closing Quantity,Commission,Swap,Gross USD,Net USD,Balance USD,ID
EURUSD,Buy,16/11/2026 11:31:02.123,16/11/2026 13:00:00.001,1.08500,1.08650,0.50 Lots,-3.50,-0.25,75.00,71.25,10071.25,DID7
"""
ANY_CSV = """\
Ticker;Direction;Lots;Open price;Close price;Close time;Net P&L;Fees
NQ;Long;2;18.250,25;18.290,25;25/11/2026 15:40;1.592,00;8,00
ES;Short;1;5.310,50;5.305,50;26/11/2026 15:40;246,00;4,00
"""

FILES: dict[str, tuple[str, str, list[Row]]] = {
    "tradovate performance": (TRADOVATE_PERFORMANCE, "tradovate", [
        ("NQ", "long", "2", "18250", "18290", "1600", None),
        ("ES", "short", "1", "5305", "5310", "-250", None),
    ]),
    "tradovate fills": (TRADOVATE_FILLS, "tradovate", [("NQ", "long", "2", "18250.25", "18290", "1590", "8")]),
    "tradovate orders": (TRADOVATE_ORDERS, "tradovate", [("MES", "long", "2", "5310.25", "5320.25", "100", None)]),
    "ninjatrader trades": (NINJATRADER_TRADES, "ninjatrader", [
        ("MNQ", "long", "2", "18250.25", "18260.25", "40", "1.24"),
        ("MNQ", "short", "1", "18300", "18310", "-20", "0.62"),
    ]),
    "ninjatrader executions": (NINJATRADER_EXECUTIONS, "ninjatrader", [
        ("MNQ", "long", "1", "22050.25", "22053", "5.5", "1.24"),
        ("MNQ", "long", "2", "22050.25", "22041.25", "-36", "2.48"),
    ]),
    "metatrader 5 report": (METATRADER5_REPORT, "metatrader5", [
        ("EURUSD", "long", "0.5", "1.085", "1.0865", "75", "3.75"),
        ("XAUUSD", "short", "0.1", "2650.1", "2655.1", "-50", "-0.4"),
    ]),
    "metatrader 5 deals": (METATRADER5_DEALS, "metatrader5", [("EURUSD", "long", "0.5", "1.085", "1.0865", "75", "3.75")]),
    "metatrader 4 statement": (METATRADER4_STATEMENT, "metatrader4", [("GBPUSD", "short", "1", "1.265", "1.264", "100", "7")]),
    "tradingview orders": (TRADINGVIEW_ORDERS, "tradingview", [("ES", "long", "5", "5320.75", "5324.75", "1000", None)]),
    "rithmic orders": (RITHMIC_ORDERS, "rithmic", [("MNQ", "short", "2", "18270.5", "18260.5", "40", "2.04")]),
    "ctrader history": (CTRADER_HISTORY, "ctrader", [("EURUSD", "long", "0.5", "1.085", "1.0865", "75", "3.75")]),
    "any": (ANY_CSV, "other", [
        ("NQ", "long", "2", "18250.25", "18290.25", "1600", "8"),
        ("ES", "short", "1", "5310.5", "5305.5", "250", "4"),
    ]),
}  # fmt: skip


def figures(row: Row) -> tuple[object, ...]:
    """The row with its numbers as numbers."""
    return (row[0], row[1], *(None if cell is None else Decimal(cell) for cell in row[2:]))

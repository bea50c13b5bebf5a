"""The conversation, as a table: every event in every state, and every condition that makes a difference.

`new state`: where the conversation is afterwards; "=" when nothing at all was changed.
"""

# ruff: noqa: E501

import ast
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

import statemachine
from statemachine.conversation import STATES, Turn
from statemachine.events import Event
from statemachine.machine import TABLE, step
from statemachine.work import Work
from tests.situations import EVENTS, NOW, SITUATIONS, SURROUNDINGS, scene

# With nothing special around.
PLAIN = """
event             | in state     | new state    | replies                    | effects
report            | idle         | confirmation | confirm                    | WaitUntil
report            | details      | details      | ask_details                |
report            | confirmation | confirmation | confirm                    |
report            | screenshot   | confirmation | confirm                    | RequestAudit WaitUntil
plan              | idle         | =            | planned                    | KeepPlan
plan              | details      | =            | planned ask_details        | KeepPlan
plan              | confirmation | =            | planned confirm            | KeepPlan
plan              | screenshot   | =            | planned ask_chart          | KeepPlan
filled            | idle         | =            | no_such_plan               |
filled            | details      | =            | no_such_plan ask_details   |
filled            | confirmation | =            | no_such_plan confirm       |
filled            | screenshot   | =            | no_such_plan ask_chart     |
no fill           | idle         | =            | no_such_plan               |
no fill           | details      | =            | no_such_plan ask_details   |
no fill           | confirmation | =            | no_such_plan confirm       |
no fill           | screenshot   | =            | no_such_plan ask_chart     |
close             | idle         | =            | nothing_open               |
close             | details      | =            | nothing_open ask_details   |
close             | confirmation | =            | nothing_open confirm       |
close             | screenshot   | =            | nothing_open ask_chart     |
side              | idle         | =            | not_allowed                |
side              | details      | confirmation | confirm                    |
side              | confirmation | confirmation | confirm                    |
side              | screenshot   | =            | not_allowed ask_chart      |
correction        | idle         | =            | not_allowed                |
correction        | details      | details      | ask_details                |
correction        | confirmation | confirmation | confirm                    |
correction        | screenshot   | =            | not_allowed ask_chart      |
no picture        | idle         | =            | picture_refused            |
no picture        | details      | =            | picture_refused ask_details |
no picture        | confirmation | =            | picture_refused confirm    |
no picture        | screenshot   | =            | picture_refused ask_chart  |
no chart          | idle         | screenshot   | picture_refused ask_chart  | WaitUntil
change            | idle         | =            | which_recorded             |
change            | details      | =            | which_recorded ask_details |
change            | confirmation | =            | which_recorded confirm     |
change            | screenshot   | =            | which_recorded ask_chart   |
deletion          | idle         | =            | which_recorded             |
deletion          | details      | =            | which_recorded ask_details |
deletion          | confirmation | =            | which_recorded confirm     |
deletion          | screenshot   | =            | which_recorded ask_chart   |
one more in       | idle         | =            | which_recorded             |
one more in       | details      | =            | which_recorded ask_details |
one more in       | confirmation | =            | which_recorded confirm     |
one more in       | screenshot   | =            | which_recorded ask_chart   |
edit of m0        | idle         | =            |                            |
edit of m0        | details      | =            |                            |
edit of m0        | confirmation | =            |                            |
edit of m0        | screenshot   | =            |                            |
yes               | idle         | =            | not_allowed                |
yes               | details      | =            | ask_details                |
yes               | confirmation | screenshot   | recorded ask_chart         | RecordTrade WaitUntil
yes               | screenshot   | =            | ask_chart                  |
no                | idle         | =            | not_allowed                |
no                | details      | idle         | dropped                    |
no                | confirmation | idle         | dropped                    |
no                | screenshot   | idle         | skipped                    | RequestAudit
[edit 1]          | idle         | =            | stale                      |
[edit 1]          | details      | =            | how_to_edit                |
[edit 1]          | confirmation | =            | how_to_edit                |
[edit 1]          | screenshot   | =            | stale ask_chart            |
[picture of held] | idle         | =            | stale                      |
[picture of held] | details      | =            | stale ask_details          |
[picture of held] | confirmation | =            | stale confirm              |
[picture of held] | screenshot   | =            | stale ask_chart            |
[@apex2]          | idle         | =            | stale                      |
[@apex2]          | details      | details      | ask_details                |
[@apex2]          | confirmation | details      | ask_details                |
[@apex2]          | screenshot   | =            | stale ask_chart            |
picture           | idle         | idle         | picture_alone              |
picture           | details      | details      | picture_joined ask_details |
picture           | confirmation | confirmation | picture_joined confirm     |
picture           | screenshot   | idle         | picture_coming             | AttachPictures
skip              | idle         | =            | not_allowed                |
skip              | details      | =            | not_allowed ask_details    |
skip              | confirmation | =            | not_allowed confirm        |
skip              | screenshot   | idle         | skipped                    | RequestAudit
/cancel           | idle         | =            | not_allowed                |
/cancel           | details      | idle         | dropped                    |
/cancel           | confirmation | idle         | dropped                    |
/cancel           | screenshot   | idle         | skipped                    | RequestAudit
time              | idle         | =            |                            |
time              | details      | idle         | reminder                   |
time              | confirmation | idle         | reminder                   |
time              | screenshot   | =            |                            |
chart time        | idle         | =            |                            |
chart time        | details      | =            |                            |
chart time        | confirmation | =            |                            |
chart time        | screenshot   | idle         |                            | RequestAudit
trade gone        | idle         | =            |                            |
trade gone        | details      | =            |                            |
trade gone        | confirmation | =            |                            |
trade gone        | screenshot   | =            |                            |
question          | idle         | =            | asked                      |
question          | details      | =            | asked ask_details          |
question          | confirmation | =            | asked confirm              |
question          | screenshot   | =            | asked ask_chart            |
talk              | idle         | =            | chatted                    |
talk              | details      | =            | ask_details                |
talk              | confirmation | =            | confirm                    |
talk              | screenshot   | =            | ask_chart                  |
unreadable        | idle         | =            | unread                     |
unreadable        | details      | =            | unread ask_details         |
unreadable        | confirmation | =            | unread confirm             |
unreadable        | screenshot   | =            | unread ask_chart           |
"""

# With what makes a difference.
SPECIAL = """
event                  | situation        | around             | new state    | replies                     | effects
report of two          | idle             |                    | confirmation | confirm                     | WaitUntil
incomplete report      | idle             |                    | details      | ask_details                 | WaitUntil
open report            | idle             |                    | confirmation | confirm                     | WaitUntil
report                 | several          |                    | confirmation | confirm                     |
incomplete report      | confirmation     |                    | details      | ask_details                 |
report                 | idle             | recent             | confirmation | confirm                     | WaitUntil
report                 | idle             | one open           | confirmation | confirm                     | WaitUntil
report                 | confirmation     | recent             | confirmation | confirm                     |
open report            | idle             | recent             | confirmation | confirm                     | WaitUntil
report                 | idle             | picture            | confirmation | confirm                     | WaitUntil
report                 | loose            |                    | confirmation | picture_joined confirm      | WaitUntil
report                 | old loose        |                    | confirmation | confirm                     | WaitUntil
report                 | full             |                    | =            | too_many_drafts confirm     |
report of 21           | idle             |                    | =            | too_many_drafts             |
report of 21           | screenshot       |                    | =            | too_many_drafts ask_chart   |
plan                   | screenshot       | picture            | idle         | planned picture_coming      | KeepPlan AttachPictures
plan                   | idle             | planned            | =            | planned                     | KeepPlan
plan                   | idle             | full of plans      | =            | too_many_plans              |
two plans              | idle             | planned            | =            | planned                     | KeepPlan KeepPlan
plan, edited           | idle             | plan's message     | =            | planned                     | KeepPlan
plan, edited           | confirmation     | planned            | =            |                             |
edit of m99            | idle             | plan's message     | confirmation | confirm                     | WaitUntil
edit of m99            | full             | plan's message     | =            | too_many_drafts confirm     |
filled                 | idle             | planned            | confirmation | confirm                     | WaitUntil
filled                 | screenshot       | planned            | confirmation | confirm                     | RequestAudit WaitUntil
filled                 | full             | planned            | =            | too_many_drafts confirm     |
filled                 | filling          | planned            | =            | confirm                     |
filled                 | filling          | two planned        | confirmation | confirm                     |
filled                 | idle             | two planned        | details      | ask_details                 | WaitUntil
filled                 | screenshot       | two planned        | details      | ask_details                 | RequestAudit WaitUntil
filled                 | which plan       | two planned        | details      | ask_details                 |
es filled              | which plan       | two planned        | confirmation | confirm                     |
plan 2 filled          | which plan       | two planned        | confirmation | confirm                     |
[filled 81]            | which plan       | two planned        | confirmation | confirm                     |
[filled 89]            | which plan       | two planned        | =            | no_such_plan ask_details    |
cl filled              | which plan       | three planned      | details      | ask_details                 |
symbol                 | which plan       | two planned        | confirmation | confirm                     |
side                   | which plan       | two planned        | confirmation | confirm                     |
no fill                | which plan       | two planned        | =            | which_plan ask_details      |
no fill on es          | which plan       | two planned        | confirmation | plan_ended confirm          | EndPlan
no                     | which plan       | two planned        | idle         | dropped                     |
yes                    | which plan       | two planned        | =            | ask_details                 |
filled                 | loose            | planned            | confirmation | picture_joined confirm      | WaitUntil
filled at 18251        | idle             | two planned        | confirmation | confirm                     | WaitUntil
es filled              | idle             | two planned        | confirmation | confirm                     | WaitUntil
es filled              | filling          | planned            | =            | no_such_plan confirm        |
plan 2 filled          | idle             | two planned        | confirmation | confirm                     | WaitUntil
plan 2 filled          | idle             | planned            | =            | no_such_plan                |
[filled 81]            | idle             | two planned        | confirmation | confirm                     | WaitUntil
[filled 81]            | filling          | two planned        | =            | confirm                     |
[filled 89]            | idle             | two planned        | =            | no_such_plan                |
no fill                | idle             | planned            | =            | plan_ended                  | EndPlan
no fill                | idle             | two planned        | =            | which_plan                  |
no fill                | filling          | planned            | idle         | dropped plan_ended          | EndPlan
[no fill 81]           | idle             | two planned        | =            | plan_ended                  | EndPlan
yes                    | filling          | planned            | idle         | recorded                    | RecordTrade EndPlan
yes                    | filling two      | planned            | idle         | recorded recorded           | RecordTrade EndPlan RecordTrade
yes                    | confirmation     | planned            | screenshot   | recorded ask_chart          | RecordTrade EndPlan WaitUntil
close                  | idle             | one open           | confirmation | confirm                     | WaitUntil
close                  | idle             | two open           | details      | ask_details                 | WaitUntil
close                  | idle             | open target        | confirmation | confirm                     | WaitUntil
close of CL            | idle             | two open           | =            | nothing_open                |
close                  | screenshot       | one open           | confirmation | confirm                     | RequestAudit WaitUntil
close                  | full             | one open           | =            | too_many_drafts confirm     |
close                  | loose            | one open           | confirmation | picture_joined confirm      | WaitUntil
close of one           | closing          | one open           | confirmation | confirm                     |
close                  | closing          | one open           | confirmation | confirm                     |
close                  | idle             | picture            | =            | nothing_open                |
side                   | mixed            |                    | confirmation | confirm                     |
side                   | details          | picture            | confirmation | confirm                     |
symbol                 | which            | two open           | confirmation | confirm                     |
side                   | which            | two open           | confirmation | confirm                     |
side removed           | confirmation     |                    | details      | ask_details                 |
correction             | several          |                    | confirmation | confirm                     |
correction             | mixed            |                    | details      | ask_details                 |
correction of 2        | several          |                    | confirmation | confirm                     |
correction of 3        | several          |                    | =            | no_such_draft confirm       |
correction of 2        | mixed            |                    | details      | ask_details                 |
edit of m1             | details          |                    | confirmation | confirm                     |
edit of m1             | confirmation     |                    | confirmation | confirm                     |
edit of m9             | shelf            |                    | confirmation | confirm                     | WaitUntil
edit of m9             | full and shelf   |                    | =            | too_many_drafts confirm     |
edit of m0             | idle             | target             | confirmation | confirm                     | WaitUntil
edit of m0             | screenshot       | target             | confirmation | confirm                     | WaitUntil
edit of m0             | editing          | target             | confirmation | confirm                     |
edit of m0             | full             | target             | =            | too_many_drafts confirm     |
edit back              | idle             | target             | =            |                             |
edit back              | editing          | target             | idle         | dropped                     |
change                 | idle             | target             | details      | ask_details                 | WaitUntil
change                 | idle             | older target       | details      | ask_details                 | WaitUntil
change                 | screenshot       | target             | details      | ask_details                 | WaitUntil
change                 | details          | target             | details      | ask_details                 |
change                 | confirmation     | target             | details      | ask_details                 |
change                 | editing          | target             | =            | confirm                     |
change                 | full             | target             | =            | too_many_drafts confirm     |
deletion               | idle             | target             | confirmation | confirm                     | WaitUntil
deletion               | details          | target             | details      | ask_details                 |
deletion               | confirmation     | target             | confirmation | confirm                     |
deletion               | screenshot       | target             | confirmation | confirm                     | WaitUntil
deletion               | deleting         | target             | =            | confirm                     |
deletion               | full             | target             | =            | too_many_drafts confirm     |
exit 18295             | idle             | target             | confirmation | confirm                     | WaitUntil
exit 18295             | asked how        | target             | confirmation | confirm                     |
stop 18230             | editing          | target             | confirmation | confirm                     |
exit 18290             | idle             | target             | =            | unchanged                   |
exit 18290             | confirmation     | target             | =            | unchanged confirm           |
exit 18290             | editing          | target             | idle         | dropped                     |
no exit                | idle             | target             | confirmation | confirm                     | WaitUntil
no exit                | editing          | target             | confirmation | confirm                     |
no exit                | idle             | partly closed      | =            | unchanged                   |
no entry               | idle             | target             | =            | needed                      |
no entry               | editing          | target             | =            | needed confirm              |
exit removed           | asked how        | target             | confirmation | confirm                     |
exit removed           | editing          | target             | confirmation | confirm                     |
side removed           | editing          | target             | =            | needed confirm              |
correction             | asked how        | target             | confirmation | confirm                     |
correction             | deleting         | target             | =            | confirm                     |
one more in            | idle             | target             | confirmation | confirm                     | WaitUntil
one more in            | idle             | open target        | confirmation | confirm                     | WaitUntil
one more in            | editing          | target             | confirmation | confirm                     |
one more in            | idle             | partly closed      | =            | fill_refused                |
one more in            | full             | target             | =            | too_many_drafts confirm     |
one out elsewhere      | idle             | target             | confirmation | confirm                     | WaitUntil
one out elsewhere      | idle             | open target        | =            | fill_refused                |
three out              | idle             | target             | =            | fill_refused                |
three out              | confirmation     | target             | =            | fill_refused confirm        |
yes                    | deleting         | recent             | idle         | trade_deleted               | DeleteTrade
yes                    | deleting         | changed since      | confirmation | changed_since confirm       |
yes                    | deleting and editing | recent         | idle         | trade_deleted edited        | DeleteTrade EditTrade RequestAudit
[yes 1]                | deleting and editing | recent         | idle         | trade_deleted dropped       | DeleteTrade
yes                    | deleting both    | copies recorded    | idle         | trade_deleted_copies        | DeleteTrade DeleteTrade
yes                    | editing          | changed since      | confirmation | changed_since confirm       |
no                     | deleting         | recent             | idle         | dropped                     |
trade gone             | deleting         |                    | idle         | dropped                     |
yes                    | several          |                    | screenshot   | recorded recorded ask_chart | RecordTrade RecordTrade WaitUntil
yes to 1               | several          |                    | confirmation | recorded confirm            | RecordTrade
yes to 3               | several          |                    | =            | no_such_draft confirm       |
[yes 2]                | several          |                    | confirmation | recorded confirm            | RecordTrade
[yes 1]                | confirmation     |                    | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
[old yes 1]            | confirmation     |                    | =            | stale confirm               |
[yes 1]                | idle             |                    | =            | stale                       |
[yes 1]                | mixed            |                    | details      | recorded ask_details        | RecordTrade
[yes 2]                | mixed            |                    | =            | ask_details                 |
yes                    | mixed            |                    | =            | ask_details                 |
yes to 1               | mixed            |                    | =            | ask_details                 |
[yes 9]                | shelf            |                    | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
[old yes 9]            | shelf            |                    | =            | stale                       |
[yes 9]                | old shelf        |                    | idle         | stale                       |
[yes 9]                | shelf incomplete |                    | details      | ask_details                 | WaitUntil
[yes 9]                | full and shelf   |                    | =            | too_many_drafts confirm     |
yes                    | shelf            |                    | =            | drafts                      |
yes                    | confirmation     | picture            | idle         | recorded                    | RecordTrade AttachPictures
yes                    | screenshot       | picture            | idle         | picture_coming              | AttachPictures
yes                    | confirmation     | no pictures wanted | idle         | recorded                    | RecordTrade RequestAudit
yes                    | half done        |                    | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
yes                    | closing          | one open           | idle         | recorded                    | CloseTrade
yes                    | closing          | charted open       | idle         | recorded                    | CloseTrade
yes                    | closing          |                    | idle         | nothing_open                |
yes                    | editing          |                    | idle         | edited                      | EditTrade RequestAudit
yes                    | editing          | picture            | idle         | edited picture_coming       | EditTrade AttachPictures
yes                    | edit and chart   |                    | screenshot   | edited ask_chart            | EditTrade WaitUntil
no                     | several          |                    | idle         | dropped                     |
no to 2                | several          |                    | confirmation | dropped confirm             |
no to 3                | several          |                    | =            | no_such_draft confirm       |
no                     | mixed            |                    | confirmation | dropped confirm             |
[no 1]                 | several          |                    | confirmation | dropped confirm             |
[old no 1]             | several          |                    | =            | stale confirm               |
[no 9]                 | shelf            |                    | idle         | dropped                     |
no                     | shelf            |                    | =            | drafts                      |
no                     | loose            |                    | idle         | skipped                     |
no                     | screenshot       | picture            | idle         | picture_coming              | AttachPictures
no                     | charts           |                    | idle         | skipped                     | RequestAudit RequestAudit
no                     | twin             |                    | idle         | dropped picture_coming      | AttachPictures
[edit 1]               | editing          |                    | =            | how_to_edit                 |
[old edit 1]           | confirmation     |                    | =            | stale confirm               |
[edit 9]               | shelf            |                    | confirmation | confirm                     | WaitUntil
[edit 9]               | full and shelf   |                    | =            | too_many_drafts confirm     |
[this one]             | which            | two open           | confirmation | confirm                     |
[old this one]         | which            | two open           | =            | stale ask_details           |
[a trade not offered]  | which            | recent             | =            | stale ask_details           |
[picture of held]      | which            | two open           | =            | stale ask_details           |
[picture of recorded]  | loose            | recent             | idle         | picture_coming              | AttachPictures
[picture of held]      | loose            | one open           | idle         | picture_coming              | AttachPictures
[picture of a new one] | loose            | recent             | =            | picture_alone               |
[picture of recorded]  | loose            |                    | =            | stale                       |
[picture of recorded]  | old loose        | recent             | idle         | stale                       |
report @apex2          | idle             | accounts           | confirmation | confirm                     | WaitUntil
report @apex2          | idle             |                    | details      | ask_details                 | WaitUntil
close @apex2           | idle             | accounts and open  | confirmation | confirm                     | WaitUntil
close @apex2           | idle             | one open           | confirmation | unknown_account confirm     | WaitUntil
@apex2                 | several          | accounts           | confirmation | confirm                     |
@apex2                 | closing          | accounts           | confirmation | account_stays confirm       |
@apex2                 | confirmation     |                    | details      | ask_details                 |
@apex2, a detail       | unknown account  | accounts           | confirmation | confirm                     |
[@apex2]               | unknown account  | accounts           | confirmation | confirm                     |
[old @apex2]           | unknown account  | accounts           | =            | stale ask_details           |
edit of m0 @apex2      | idle             | accounts and target | confirmation | confirm                    | WaitUntil
edit of m0 @apex2      | idle             | target             | =            | unknown_account             |
edit of m0 @apex2      | idle             | copies recorded    | =            | account_stays               |
yes                    | unknown account  | accounts           | =            | ask_details                 |
yes                    | on apex2         | accounts           | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
yes                    | on apex2         |                    | details      | ask_details                 |
report x2 accounts     | idle             | accounts           | confirmation | confirm                     | WaitUntil
report x3 accounts     | idle             | accounts           | details      | ask_details                 | WaitUntil
report x2 accounts     | idle             | copies open        | confirmation | confirm                     | WaitUntil
report                 | idle             | copies open        | confirmation | confirm                     | WaitUntil
close                  | idle             | copies open        | confirmation | confirm                     | WaitUntil
close                  | idle             | accounts and open  | details      | ask_details                 | WaitUntil
close on all accounts  | idle             | accounts and open  | confirmation | confirm                     | WaitUntil
close on all accounts  | idle             | two open           | details      | ask_details                 | WaitUntil
all accounts           | confirmation     | accounts           | confirmation | confirm                     |
all accounts           | several          | accounts           | confirmation | confirm                     |
all accounts, a detail | copies asked     | accounts           | confirmation | confirm                     |
@apex2, a detail       | copies asked     | accounts           | confirmation | confirm                     |
[all accounts]         | copies asked     | accounts           | confirmation | confirm                     |
[all accounts]         | closing          | one open           | confirmation | confirm                     |
[@apex2]               | copies           | accounts           | confirmation | confirm                     |
edit of m0 x2 accounts | idle             | accounts and target | =           | account_stays               |
edit of m0 x2 accounts | idle             | copies recorded    | =            |                             |
edit of m1 x2 accounts | confirmation     | accounts           | confirmation | confirm                     |
yes                    | copies           | accounts           | screenshot   | recorded_copies ask_chart   | RecordTrade RecordTrade WaitUntil
yes                    | copies           |                    | details      | ask_details                 |
yes                    | copies asked     | accounts           | =            | ask_details                 |
yes                    | closing both     | copies open        | screenshot   | recorded_copies ask_chart   | CloseTrade CloseTrade WaitUntil
yes                    | closing both     |                    | idle         | nothing_open nothing_open   |
yes                    | editing both     | copies recorded    | idle         | edited_copies               | EditTrade EditTrade RequestAudit RequestAudit
edit of m0             | idle             | copies recorded    | confirmation | confirm                     | WaitUntil
all accounts, a detail | which of two     | accounts and open  | confirmation | confirm                     |
all accounts, a detail | which            | two open           | details      | ask_details                 |
[@apex2]               | which of two     | accounts and open  | confirmation | confirm                     |
[all of these]         | which of two     | accounts and open  | confirmation | confirm                     |
[all of these]         | which            | two open           | =            | stale ask_details           |
picture #orb           | idle             | target             | =            | picture_coming edited       | AttachPictures EditTrade
picture #orb           | idle             | copies recorded    | =            | picture_coming edited_copies | AttachPictures EditTrade EditTrade
picture #orb           | screenshot       |                    | idle         | picture_coming edited       | AttachPictures EditTrade
picture #orb           | confirmation     |                    | confirmation | picture_joined confirm      |
picture #orb           | editing          |                    | =            | picture_coming edited confirm | AttachPictures EditTrade
picture #orb           | deleting         |                    | =            | picture_coming edited confirm | AttachPictures EditTrade
picture #orb           | idle             |                    | idle         | picture_alone               |
picture                | copies charted   |                    | idle         | picture_coming              | AttachPictures
skip                   | copies charted   |                    | idle         | skipped                     | RequestAudit RequestAudit
copy gone              | editing both     |                    | confirmation | confirm                     |
trade gone             | editing both     |                    | idle         | dropped                     |
picture                | idle             | recent             | idle         | whose_picture               |
picture                | loose            |                    | idle         | picture_alone               |
picture                | idle             | target             | =            | picture_coming              | AttachPictures
picture                | confirmation     | target             | =            | picture_coming confirm      | AttachPictures
picture                | charts           |                    | screenshot   | picture_coming ask_chart    | AttachPictures WaitUntil
picture                | several          |                    | confirmation | picture_joined confirm      |
picture                | editing          |                    | =            | picture_coming confirm      | AttachPictures
picture                | edit and chart   |                    | confirmation | picture_coming confirm      | AttachPictures
picture                | half done        |                    | confirmation | picture_joined confirm      |
skip                   | charts           |                    | idle         | skipped                     | RequestAudit RequestAudit
skip                   | half done        |                    | confirmation | skipped confirm             | RequestAudit
skip                   | screenshot       | picture            | idle         | picture_coming              | AttachPictures
skip                   | loose            |                    | idle         | skipped                     |
/cancel                | several          |                    | idle         | dropped                     |
/cancel                | half done        |                    | screenshot   | dropped ask_chart           | WaitUntil
/cancel                | charts           |                    | idle         | skipped                     | RequestAudit RequestAudit
/cancel                | loose            |                    | idle         | skipped                     |
/cancel                | shelf            |                    | =            | not_allowed                 |
time                   | several          |                    | idle         | reminder                    |
time                   | mixed            |                    | idle         | reminder                    |
time                   | half done        |                    | idle         | reminder                    | RequestAudit
time                   | full shelf       |                    | idle         | reminder dropped            |
old time               | confirmation     |                    | =            |                             |
chart time             | charts           |                    | idle         |                             | RequestAudit RequestAudit
old time               | screenshot       |                    | =            |                             |
trade gone             | editing          |                    | idle         | dropped                     |
trade gone             | edit and chart   |                    | idle         | dropped                     |
edit of m0             | idle             | partly closed      | =            | partly_closed               |
edit of m0             | confirmation     | partly closed      | =            | partly_closed confirm       |
yes                    | closing          | partly closed      | confirmation | changed_since confirm       |
talk                   | half done        |                    | =            | confirm                     |
yes                    | heard            | sent before        | =            | confirm                     |
yes                    | heard            | sent after         | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
yes                    | confirmation     | sent before        | screenshot   | recorded ask_chart          | RecordTrade WaitUntil
report                 | idle             | spoken             | confirmation | confirm                     | WaitUntil
talk                   | shelf            |                    | =            | chatted                     |
"""


def rows(table: str) -> Iterator[list[str]]:
    for line in table.strip().splitlines()[1:]:
        yield [cell.strip() for cell in line.split("|")]


CASES = [(event, state, "", *outcome) for event, state, *outcome in rows(PLAIN)] + [tuple(row) for row in rows(SPECIAL)]
EVENT_NAMES = {kind.__name__ for kind in get_args(Event)}


def outcome(event: str, situation: str, around: str) -> tuple[str, str, str]:
    turn = step(SITUATIONS[situation], EVENTS[event], NOW, scene(around))
    state = "=" if turn.conversation == SITUATIONS[situation] else turn.conversation.state.removeprefix("awaiting_")
    return state, " ".join(say.key for say in turn.replies), " ".join(type(effect).__name__ for effect in turn.effects)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " · ".join(filter(None, case[:3])))
def test_table(case: tuple[str, ...]) -> None:
    event, situation, around, *expected = case
    assert outcome(event, situation, around) == tuple(expected)


def test_every_event_is_in_the_table_in_every_state() -> None:
    plain = {(type(EVENTS[event]).__name__, state) for event, state, *_ in rows(PLAIN)}
    assert plain == {(name, state.removeprefix("awaiting_")) for name in EVENT_NAMES for state in STATES}


def test_every_situation_and_message_is_used() -> None:
    assert {case[0] for case in CASES} == set(EVENTS)
    assert {case[1] for case in CASES} == set(SITUATIONS)
    assert {case[2] for case in CASES} == set(SURROUNDINGS)


def row_taken(event: str, situation: str, around: str) -> int | None:
    """Index in TABLE of the row that decides."""
    work = Work(SITUATIONS[situation], EVENTS[event], NOW, scene(around))
    for index, (name, states, condition, _) in enumerate(TABLE):
        if name == type(work.event).__name__ and work.state in states and (condition is None or condition(work)):
            return index
    return None


def test_every_row_of_the_machine_decides_a_case() -> None:
    """One that decides none stands behind another that takes all it is for, or is not tested."""
    taken = {row_taken(*case[:3]) for case in CASES}
    assert [TABLE[index] for index in range(len(TABLE)) if index not in taken] == []


def test_what_no_row_decides_is_not_allowed() -> None:
    illegal = [case for case in CASES if row_taken(*case[:3]) is None]
    assert illegal
    for _, _, _, state, replies, effects in illegal:
        assert (state, replies.split()[0], effects) == ("=", "not_allowed", "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: " · ".join(filter(None, case[:3])))
def test_same_arguments_same_turn(case: tuple[str, ...]) -> None:
    event, situation, around = case[:3]
    turns = [step(SITUATIONS[situation], EVENTS[event], NOW, scene(around)) for _ in range(2)]
    assert turns[0] == turns[1]


def values_of(value: Any) -> Iterator[Any]:
    """A value and every dataclass in it."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from values_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from values_of(item)


def test_values_are_frozen() -> None:
    turns: list[Turn] = [step(SITUATIONS[c[1]], EVENTS[c[0]], NOW, scene(c[2])) for c in CASES]
    kinds = {type(value): value for turn in turns for value in (*values_of(turn), *values_of(tuple(EVENTS.values())))}
    assert len(kinds) > 25
    for value in kinds.values():
        name = next((field.name for field in fields(value)), "anything")
        with pytest.raises((FrozenInstanceError, TypeError)):  # TypeError: frozen, with slots and without fields
            setattr(value, name, None)


def test_no_clock_no_chance_no_io() -> None:
    """Same in, same out: nothing in the package can ask for the time, a random number or the world."""
    allowed = {"collections", "dataclasses", "datetime", "decimal", "statemachine", "transitions", "typing", "uuid"}
    for path in Path(statemachine.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed, path.name
            assert not isinstance(node, ast.Import | ast.Await), path.name
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("utcnow", "today", "uuid1", "uuid4"), path.name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "now", path.name

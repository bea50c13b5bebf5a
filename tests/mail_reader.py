"""A reader of a mailbox in a process of its own, to be killed: prints what it hands over, one id a line.

`python -m tests.mail_reader IMAP_URL SMTP_URL hold|commit`; hold: the journal never commits.
"""

import asyncio
import sys

from adapters.mail import Mail
from statemachine.message import Message
from tests.inbox import Inbox
from tests.servers.mail_letters import AUTHSERV, JOURNAL


class Telling(Inbox):
    def __init__(self, *, hold: bool) -> None:
        super().__init__()
        self._hold = hold

    async def receive(self, message: Message) -> None:
        print(message.external_id, flush=True)
        if self._hold:
            await asyncio.Event().wait()
        await super().receive(message)


async def main(imap_url: str, smtp_url: str, how: str) -> None:
    await Mail(imap_url, smtp_url, JOURNAL, authserv_id=AUTHSERV).listen(Telling(hold=how == "hold"))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))

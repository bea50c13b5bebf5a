"""Dovecot and Postfix as Debian packages them, on loopback with a configuration of their own.

Dovecot runs as an unprivileged user. Postfix has to be started by root; without root, or without Postfix, mails are
posted to Dovecot's LMTP service and what we send goes to the Python server.
"""

import asyncio
import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import tempfile
from pathlib import Path
from typing import Self

from tests.servers.mail_letters import JOURNAL

PASSWORD = "pass-word"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NOBODY = "nobody"

DOVECOT_CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 20
first_valid_uid = 1
auth_mechanisms = plain
postmaster_address = postmaster@vigil.test
hostname = mx.vigil.test
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
protocol lmtp {{
  auth_username_format = %Lu
}}
"""

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.vigil.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = vigil.test, example.com
virtual_mailbox_maps =
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_recipient_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
alias_maps =
alias_database =
message_size_limit = 35000000
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
"""

POSTFIX_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DebianMail:
    """Both programs. `smtp_url` is None where Postfix does not run."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="vigil-mail-", ignore_cleanup_errors=True)
        self.home = Path(self._folder.name)
        self._imap, self._lmtp, self._smtp = free_port(), free_port(), free_port()
        self.smtp_url: str | None = None
        self._dovecot: asyncio.subprocess.Process | None = None

    @property
    def imap_url(self) -> str:
        return f"imap://{JOURNAL.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{self._imap}/INBOX"

    async def __aenter__(self) -> Self:
        try:
            await self._start_dovecot()
            if POSTFIX and os.geteuid() == 0:
                await self._start_postfix()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.smtp_url is not None:
            await self._postfix("stop")
        if self._dovecot is not None:
            with contextlib.suppress(ProcessLookupError):
                self._dovecot.send_signal(signal.SIGTERM)
            await self._dovecot.wait()
        self._folder.cleanup()

    async def _start_dovecot(self) -> None:
        root = os.geteuid() == 0
        owner = pwd.getpwnam(NOBODY) if root else pwd.getpwuid(os.geteuid())
        group = grp.getgrgid(owner.pw_gid).gr_name
        self.home.chmod(0o755)
        dovecot = self.home / "dovecot"
        (dovecot / "mail").mkdir(parents=True)
        values = {"user": owner.pw_name, "group": group, "imap": self._imap, "lmtp": self._lmtp}
        text = DOVECOT_CONF.format(home=dovecot, password=PASSWORD, **values)
        (dovecot / "dovecot.conf").write_text(text)
        if root:
            for path in (dovecot, *dovecot.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        drop = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if root else {}
        self._dovecot = await asyncio.create_subprocess_exec(
            str(DOVECOT),
            "-F",
            "-c",
            str(dovecot / "dovecot.conf"),
            **drop,  # type: ignore[arg-type]
        )
        await self._answers(self._imap, self._lmtp)

    async def _start_postfix(self) -> None:
        home = self.home / "postfix"
        for folder in ("etc", "queue", "data"):
            (home / folder).mkdir(parents=True)
        shutil.chown(home / "data", "postfix", "postfix")
        (home / "etc" / "main.cf").write_text(POSTFIX_MAIN.format(home=home, lmtp=self._lmtp))
        (home / "etc" / "master.cf").write_text(POSTFIX_MASTER.format(smtp=self._smtp))
        await self._postfix("start")
        self.smtp_url = f"smtp://127.0.0.1:{self._smtp}"
        await self._answers(self._smtp)

    async def _postfix(self, what: str) -> None:
        process = await asyncio.create_subprocess_exec(
            str(POSTFIX), "-c", str(self.home / "postfix" / "etc"), what, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"postfix {what}: {said.decode()}")

    async def _answers(self, *ports: int) -> None:
        async with asyncio.timeout(30):
            for port in ports:
                while True:
                    try:
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                    except OSError:
                        await asyncio.sleep(0.05)
                    else:
                        writer.close()
                        break

    async def post(self, raw: bytes, to: str = JOURNAL) -> None:
        """Send a mail to somebody here, as the internet would."""

        def send() -> None:
            by_lmtp = self.smtp_url is None
            port = self._lmtp if by_lmtp else self._smtp
            with (smtplib.LMTP if by_lmtp else smtplib.SMTP)("127.0.0.1", port, local_hostname="client.test") as client:
                client.sendmail("ann@example.com", [to], raw)

        await asyncio.to_thread(send)

    def mails(self, address: str) -> list[bytes]:
        """What lies in somebody's mailbox."""
        folder = self.home / "dovecot" / "mail" / address
        return [path.read_bytes() for where in ("new", "cur") for path in sorted((folder / where).glob("*"))]

    def seen(self, address: str = JOURNAL) -> int:
        """How many mails are flagged as read."""
        return sum(
            "S" in path.name.rpartition(":2,")[2] for path in (self.home / "dovecot/mail" / address).glob("cur/*")
        )

    def log(self) -> str:
        return "".join(path.read_text() for path in self.home.glob("*/*.log"))

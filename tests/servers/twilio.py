"""Twilio on loopback, as far as WhatsApp needs it: the REST API, the media store, and the webhooks it calls.

In a test: `async with TwilioServer() as server`, then `server.webhook = worker_url + "/whatsapp"`,
`server.write(ANN, "hi")` and `server.sent`. It keeps Twilio's rules: credentials, limits and error codes; lists with
filters and pages; media that need credentials and answer with a redirect to another host; requests signed over the
webhook's address without its fragment, given up after 15 seconds in all, repeated as the fragment's `rc` and `rp` say.

As a process: `python -m tests.servers.twilio --port 8083 --webhook http://127.0.0.1:8080/whatsapp`; every name in
CONTROLS is then POST /control/<name> with a JSON object of its arguments, pictures in base64.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN, TOTAL_SECONDS, Resource, Traffic

TEMPLATE = "HX" + "0b" * 16
STATUS_STEPS = ("queued", "sent", "delivered")
CONTROLS = frozenset({"write", "show", "deliver_again", "fault", "recover", "connect", "state"})


class Refused(Exception):
    """An error as the API answers it."""

    def __init__(self, status: int, code: int, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of `call` (send, list, fetch, media, cdn, account).

    status, code   answer this error
    retry_after    seconds, in the header
    delay          seconds of silence before anything happens
    drop           cut the connection
    location       media: redirect there instead
    body           answer 200 with this
    endless        cdn: do not say how much there is
    """

    call: str
    status: int = 0
    code: int = 0
    retry_after: int | None = None
    delay: float = 0.0
    drop: bool = False
    location: str = ""
    body: str | None = None
    endless: bool = False
    times: int = 1


class TwilioServer(Traffic):
    """The platform. What people do is a method here; what the bot sent is in `sent`."""

    def __init__(self, *, patience: float = TOTAL_SECONDS, port: int = 0) -> None:
        super().__init__(patience)
        self._port = port
        self.cdn = ""
        self.calls: list[str] = []
        self.queries: list[Mapping[str, str]] = []
        self.account_status = "active"
        self.approved = {TEMPLATE}
        self.window_at_once = False
        """True: free text outside the window is refused; False: it is taken, and fails later, as Twilio mostly does."""
        self.blocked: set[str] = set()
        self.credentials_at_cdn: list[str] = []
        self._faults: list[Fault] = []
        self.runners: list[web.AppRunner] = []

    async def __aenter__(self) -> Self:
        account = "/2010-04-01/Accounts/{account}"
        api, cdn = web.Application(), web.Application()
        api.router.add_get(account + ".json", self._answering("account", self._account))
        api.router.add_post(account + "/Messages.json", self._answering("send", self._send))
        api.router.add_get(account + "/Messages.json", self._answering("list", self._list))
        api.router.add_get(account + "/Messages/{sid}.json", self._answering("fetch", self._fetch))
        api.router.add_get(account + "/Messages/{sid}/Media.json", self._answering("list", self._media_list))
        api.router.add_get(account + "/Messages/{sid}/Media/{media}", self._answering("media", self._media))
        api.router.add_post("/control/{name}", self._control)
        cdn.router.add_get("/{media}", self._answering("cdn", self._cdn_file, open_to_all=True))
        self.url, self.cdn = await self._serve(api, self._port), await self._serve(cdn)
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.http.close()
        for runner in self.runners:
            await runner.cleanup()

    async def _serve(self, app: web.Application, port: int = 0) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.runners.append(runner)
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def fault(self, call: str, **what: Any) -> None:
        self._faults.append(Fault(call, **what))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    # For tests in other processes.

    def connect(self, webhook: str) -> None:
        """Give the sender's webhook, as in the console; empty takes it away."""
        self.webhook = webhook

    def show(self, person: str, picture: str, body: str = "") -> str:
        return self.picture(person, base64.b64decode(picture), body=body)

    def state(self) -> dict[str, Any]:
        """`at`: seconds since 1970."""
        more = [{"shown": sent.shown, "template": sent.template, "at": sent.at.timestamp()} for sent in self.sent]
        return {
            "sent": [{**sent.json(ACCOUNT), **each} for sent, each in zip(self.sent, more, strict=True)],
            "received": sum(each.direction == "inbound" for each in self.messages),
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
            "calls": Counter(self.calls),
        }

    async def _control(self, request: web.Request) -> web.Response:
        if (name := request.match_info["name"]) not in CONTROLS:
            return web.Response(status=404)
        arguments = await request.json() if request.can_read_body else {}
        return web.json_response(getattr(self, name)(**arguments))

    # The REST API.

    def _answering(self, call: str, handler: Any, *, open_to_all: bool = False) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.calls.append(call)
            fault = self._fault_of(call)
            await asyncio.sleep(fault.delay)
            try:
                if fault.drop:
                    if request.transport is not None:
                        request.transport.close()
                    return web.Response()
                if not open_to_all:
                    self._authenticate(request)
                if fault.status:
                    raise Refused(fault.status, fault.code or fault.status, "something is wrong", fault.retry_after)
                if fault.location:
                    return web.Response(status=307, headers={"Location": fault.location})
                if fault.body is not None:
                    return web.Response(text=fault.body, content_type="application/json")
                response: web.StreamResponse = await handler(request)
                if fault.endless:
                    response.enable_chunked_encoding()
                return response
            except Refused as exc:
                error = {"code": exc.code, "message": str(exc), "status": exc.status}
                error["more_info"] = f"https://www.twilio.com/docs/errors/{exc.code}"
                return web.json_response(error, status=exc.status, headers=exc.headers)
            finally:
                self.changed.set()

        return answer

    def _fault_of(self, call: str) -> Fault:
        for fault in self._faults:
            if fault.times > 0 and fault.call == call:
                fault.times -= 1
                return fault
        return Fault(call)

    def _authenticate(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if given != aiohttp.encode_basic_auth(ACCOUNT, TOKEN):
            raise Refused(401, 20003, "Authenticate")
        if request.match_info["account"] != ACCOUNT:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"sid": ACCOUNT, "status": self.account_status, "friendly_name": "Vigil", "type": "Full"}
        )

    async def _send(self, request: web.Request) -> web.Response:
        values = dict(await request.post())
        form = {name: str(value) for name, value in values.items()}
        person = form.get("To", "").removeprefix("whatsapp:")
        if not re.fullmatch(r"whatsapp:(\+\d{7,15}|[A-Z]{2}\.\w+)", form.get("To", "")):
            raise Refused(400, 21211, f"The 'To' number {form.get('To')} is not a valid phone number.")
        if form.get("From") != f"whatsapp:{NUMBER}":
            raise Refused(400, 63007, "Twilio could not find a Channel with the specified From address")
        if person in self.opted_out:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        self._check_content(form)
        message = Resource(
            self.new_sid("MM" if "MediaUrl" in form else "SM"),
            "outbound-api",
            form["From"],
            form["To"],
            form.get("Body", ""),
            datetime.now(UTC),
            "queued",
            callback=form.get("StatusCallback", ""),
            template=form.get("ContentSid"),
            variables=json.loads(form.get("ContentVariables", "{}")),
            media_url=form.get("MediaUrl"),
        )
        outside = message.template is None and not self._within_window(person)
        if outside and self.window_at_once:
            raise Refused(400, 63016, "Failed to send freeform message because you are outside the allowed window.")
        self.messages.append(message)
        self.spawn(self._carry(message, person, outside=outside))
        return web.json_response(message.json(ACCOUNT), status=201)

    def _check_content(self, form: Mapping[str, str]) -> None:
        if not ({"Body", "MediaUrl", "ContentSid"} & form.keys()):
            raise Refused(400, 21619, "A text message body or media urls must be specified.")
        if len(form.get("Body", "").encode("utf-16-le")) > 2 * 1600:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if "MediaUrl" in form and not form["MediaUrl"].startswith(("https://", "http://127.0.0.1:")):
            raise Refused(400, 21620, "Invalid media URL")
        if "ContentSid" in form:
            if form["ContentSid"] not in self.approved:
                raise Refused(404, 20404, "The requested resource was not found")
            for value in json.loads(form["ContentVariables"]).values():
                if not value or re.search(r"[\n\t]| {5}", value):
                    raise Refused(400, 21656, "The ContentVariables Parameter is invalid.")

    def _within_window(self, person: str) -> bool:
        since = datetime.now(UTC) - timedelta(hours=24)
        return any(each.sender == f"whatsapp:{person}" and each.at > since for each in self.messages)

    async def _carry(self, message: Resource, person: str, *, outside: bool) -> None:
        if outside:
            await self.report_steps(message, ("failed",), 63016)
        elif person in self.blocked:
            await self.report_steps(message, ("sent", "undelivered"), 63024)
        elif message.media_url is not None and not await self._fetched(message, message.media_url):
            await self.report_steps(message, ("failed",), 63019)
        else:
            await self.report_steps(message, STATUS_STEPS)

    async def _fetched(self, message: Resource, url: str) -> bool:
        try:
            async with self.http.get(self.reached(url)) as response:
                response.raise_for_status()
                message.media = [self.store(response.content_type, await response.read())]
        except aiohttp.ClientError:
            return False
        return True

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        self.queries.append(dict(query))
        size = min(int(query.get("PageSize", "50")), 1000)
        page = int(query.get("Page", "0"))
        found = [each for each in self.messages if self._matches(each, query)]
        found.sort(key=lambda each: each.at, reverse=True)
        rest = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
        following = f"{request.path}?{urlencode({**rest, 'Page': page + 1, 'PageToken': 'PASM1'})}"
        return web.json_response(
            {
                "messages": [each.json(ACCOUNT) for each in found[page * size : (page + 1) * size]],
                "page": page,
                "page_size": size,
                "uri": request.path_qs,
                "first_page_uri": request.path_qs,
                "previous_page_uri": None,
                "next_page_uri": following if len(found) > (page + 1) * size else None,
                "start": page * size,
                "end": page * size + size - 1,
            }
        )

    def _matches(self, message: Resource, query: Mapping[str, str]) -> bool:
        """By whole days, which is all that Twilio promises of this filter."""
        if "DateSent>" in query and message.at.date().isoformat() < query["DateSent>"][:10]:
            return False
        return query.get("To", message.to) == message.to and query.get("From", message.sender) == message.sender

    def _message(self, request: web.Request) -> Resource:
        for message in self.messages:
            if message.sid == request.match_info["sid"]:
                return message
        raise Refused(404, 20404, f"The requested resource {request.path} was not found")

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._message(request).json(ACCOUNT))

    async def _media_list(self, request: web.Request) -> web.Response:
        message = self._message(request)
        found = [
            {"sid": name, "parent_sid": message.sid, "account_sid": ACCOUNT, "content_type": self.files[name][0]}
            for name in message.media
            if name in self.files
        ]
        return web.json_response({"media_list": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": ""})

    async def _media(self, request: web.Request) -> web.Response:
        message, name = self._message(request), request.match_info["media"]
        if name not in message.media or name not in self.files:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")
        return web.Response(status=307, headers={"Location": f"{self.cdn}/{name}?Expires=14400"})

    async def _cdn_file(self, request: web.Request) -> web.Response:
        self.credentials_at_cdn += [request.headers["Authorization"]] if "Authorization" in request.headers else []
        if (name := request.match_info["media"]) not in self.files:
            return web.Response(status=404)
        mime, content = self.files[name]
        return web.Response(body=content, content_type=mime)


async def _run(port: int, webhook: str) -> None:
    async with TwilioServer(port=port) as server:
        server.webhook = webhook
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", default="")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(arguments.port, arguments.webhook))

"""A local server that speaks OpenAI's chat completions with strict structured outputs, and its transcriptions.

Over a real socket. It answers by script: each request takes the next step, then `otherwise` answers all further ones.
`python -m tests.servers.openai PORT [STEP]` serves it as a process, STEP being a name in STEPS.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Body = dict[str, Any]
Step = Callable[[Body], Awaitable[web.Response]]

RECORDINGS = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"})


def completion(
    content: str | None, *, finish: str = "stop", refusal: str | None = None, tokens: int = 10
) -> web.Response:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return web.json_response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "test-model-2026-11-01",
            "choices": [{"index": 0, "finish_reason": finish, "message": message, "logprobs": None}],
            "usage": {"prompt_tokens": 100, "completion_tokens": tokens, "total_tokens": 100 + tokens},
        }
    )


def error(status: int, code: str, param: str | None = None, **headers: str) -> web.Response:
    body = {"error": {"message": f"{code}.", "type": "error", "param": param, "code": code}}
    return web.json_response(body, status=status, headers=headers)


def answers(value: object | Callable[[Body], object]) -> Step:
    """A good answer: a value to be sent as JSON, or a function of the request that gives it."""

    async def step(body: Body) -> web.Response:
        return completion(json.dumps(value(body) if callable(value) else value))

    return step


def says(content: str | None, *, finish: str = "stop") -> Step:
    """Whatever text, fitting the schema or not."""

    async def step(body: Body) -> web.Response:
        return completion(content, finish=finish)

    return step


def refuses() -> Step:
    async def step(body: Body) -> web.Response:
        return completion(None, refusal="I cannot help with that.")

    return step


def truncates() -> Step:
    return says('{"intent": "trade", "tra', finish="length")


def fails(status: int, *, retry_after: str | None = None) -> Step:
    async def step(body: Body) -> web.Response:
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return error(status, "overloaded", **headers)

    return step


def sends(text: str, content_type: str) -> Step:
    """A body that is no completion at all."""

    async def step(body: Body) -> web.Response:
        return web.Response(text=text, content_type=content_type)

    return step


def speaks(text: str, *, seconds: float = 3, tokens: tuple[int, int] | None = None) -> Step:
    """A transcript; counted by the second, or in tokens as some models are."""

    async def step(body: Body) -> web.Response:
        usage: Body = {"type": "duration", "seconds": seconds}
        if tokens is not None:
            usage = {"type": "tokens", "input_tokens": tokens[0], "output_tokens": tokens[1]}
            usage["total_tokens"] = sum(tokens)
        return web.json_response({"text": text, "usage": usage})

    return step


def waits(seconds: float, then: Step) -> Step:
    async def step(body: Body) -> web.Response:
        await asyncio.sleep(seconds)
        return await then(body)

    return step


def held(gate: asyncio.Semaphore, then: Step) -> Step:
    """Silence until the test lets an answer out: each `release` lets out one."""

    async def step(body: Body) -> web.Response:
        await gate.acquire()
        return await then(body)

    return step


def asked(body: Body) -> Body:
    """What a judge is asked: rules, facts, note."""
    question: Body = json.loads(body["messages"][1]["content"][0]["text"])
    return question


def ruling(name: str, verdict: str = "followed", **more: Any) -> Body:
    """One verdict as a judge gives it."""
    plain = {"evidence": "The note names an A+ setup.", "severity": "minor", "confidence": 4}
    return {"rule": name, "verdict": verdict} | plain | more


def judges(by_rule: Callable[[str], Body] | None = None, **more: Any) -> Step:
    """A verdict on each rule that is asked about: `more` for all, and what `by_rule` makes of a rule's text."""

    def value(body: Body) -> object:
        rules = asked(body)["rules"]
        return {
            "verdicts": [ruling(rule["id"], **(more | (by_rule(rule["rule"]) if by_rule else {}))) for rule in rules]
        }

    return answers(value)


def example(schema: Body, definitions: Body | None = None) -> object:
    """The least that fits a JSON schema: null where allowed, else the first choice, else empty."""
    definitions = definitions if definitions is not None else schema.get("$defs", {})
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        nullable = any(choice.get("type") == "null" for choice in schema["anyOf"])
        return None if nullable else example(schema["anyOf"][0], definitions)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: example(part, definitions) for name, part in schema["properties"].items()}
    plain: Body = {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}
    return plain.get(schema.get("type", ""), schema.get("const"))


def schema_of(body: Body) -> Body:
    schema: Body = body["response_format"]["json_schema"]["schema"]
    return schema


STEPS: dict[str, Step] = {
    "example": answers(lambda body: example(schema_of(body))),
    "wrong-schema": answers({"nothing": "you asked for"}),
    "garbage": says("Sure! Here is your trade: {"),
    "truncated": truncates(),
    "refusal": refuses(),
    "silence": speaks(""),
    "429": fails(429, retry_after="1"),
    "500": fails(500),
    "slow": waits(5, answers(lambda body: example(schema_of(body)))),
    "hang": waits(3600, says(None)),
}


@dataclass
class OpenAIServer:
    """A service that answers by script.

    requests            the bodies received
    refused_parameters  answered with 400, as reasoning models do
    strict              it takes JSON schemas, and nothing else; False: it only knows how to answer in JSON
    hears               answers recordings, `heard` are the forms received
    """

    key: str
    url: str = ""
    script: list[Step] = field(default_factory=list)
    otherwise: Step = STEPS["example"]
    requests: list[Body] = field(default_factory=list)
    refused_parameters: set[str] = field(default_factory=set)
    strict: bool = True
    hears: Step = STEPS["silence"]
    heard: list[Body] = field(default_factory=list)

    async def listen(self, request: web.Request) -> web.Response:
        """As the service does: a file whose name ends like a recording's, of at most 25 MB."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return error(401, "invalid_api_key")
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        with file.file:
            data = file.file.read()
        given = {name: value for name, value in form.items() if name != "file"}
        self.heard.append({**given, "name": file.filename, "mime": file.content_type, "data": data})
        if len(data) > 25 * 1024 * 1024:
            return error(413, "file_too_large")
        if not data or file.filename.rpartition(".")[2] not in RECORDINGS:
            return error(400, "unsupported_file", "file")
        return await self.hears(self.heard[-1])

    async def complete(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return error(401, "invalid_api_key")
        body: Body = await request.json()
        self.requests.append(body)
        wanted = body.get("response_format", {})
        takes = "json_schema" if self.strict else "json_object"
        if wanted.get("type") != takes or (self.strict and wanted["json_schema"].get("strict") is not True):
            return error(400, "invalid_value", "response_format")
        for name in sorted(self.refused_parameters & body.keys()):
            return error(400, "unsupported_value", name)
        step = self.script.pop(0) if self.script else self.otherwise
        return await step(body)


@asynccontextmanager
async def openai_server(key: str = "sk-test", port: int = 0) -> AsyncIterator[OpenAIServer]:
    """Serves on 127.0.0.1 until the block ends; `url` is what OPENAI_BASE_URL would be."""
    server = OpenAIServer(key)
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_post("/v1/chat/completions", server.complete)
    app.router.add_post("/v1/audio/transcriptions", server.listen)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()


async def _serve(port: int, step: str) -> None:
    async with openai_server(port=port) as server:
        server.otherwise = STEPS[step]
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "example"))

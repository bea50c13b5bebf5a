"""The body of an HTTP answer, never more of it than is wanted."""

import aiohttp

from statemachine.errors import AttachmentRefused

_CHUNK = 65_536


async def read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """All of a body of at most `limit` bytes. Raises AttachmentRefused("too_large") as soon as there is more."""
    if (response.content_length or 0) > limit:
        raise AttachmentRefused("too_large")
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise AttachmentRefused("too_large")
    return bytes(data)

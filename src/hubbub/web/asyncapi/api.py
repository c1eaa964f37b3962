"""The AsyncAPI document, and the page that shows it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from hubbub.web.files import WebFiles

DOCUMENT = "/asyncapi.json"

Describe = Callable[[str, str, bool], dict[str, Any]]
"""(host, path of the WebSocket, whether it is secure): the document."""

_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def asyncapi_router(describe: Describe, *, is_listed: bool) -> APIRouter:
    """`/asyncapi.json` for machines and `/asyncapi` for people; to be included under any prefix.

    Where they are listed in OpenAPI, whoever reads a host's description of its own routes finds them under their prefix.
    """
    router = APIRouter(include_in_schema=is_listed, tags=["websocket"])
    files = WebFiles()

    @router.get(DOCUMENT, name="get_asyncapi", response_model=None)
    async def document(request: Request) -> Response:
        """The chat's WebSocket, described for machines (AsyncAPI 3.0)."""
        url = request.url
        path = url.path.removesuffix(DOCUMENT) + "/ws"
        return JSONResponse(describe(url.netloc, path, url.scheme == "https"), headers=_HEADERS)

    @router.get("/asyncapi", name="get_asyncapi_page", response_class=HTMLResponse)
    async def page() -> Response:
        """The chat's WebSocket, described for people, and a place to try it by hand. Open it in a browser."""
        file = files.get("asyncapi/index.html")
        assert file is not None, "it is part of the package"
        return Response(file.data, media_type=file.media_type, headers=_HEADERS | {"Content-Security-Policy": _POLICY})

    return router

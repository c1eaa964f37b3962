"""The pages: the web client and its files, and the tutorial's page."""

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.convertors import Convertor, register_url_convertor

from hubbub.web.files import CLIENT, WebFile, WebFiles

_INLINE_SCRIPT = re.compile(rb"<script\b(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

_FOR_GOOD = "public, max-age=31536000, immutable"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=()",
    "Cache-Control": "no-cache",
}


def web_router() -> APIRouter:
    """`/` the web client, `/web/…` its files, `/try` the tutorial's page; to be included under any prefix.

    The pages name the files by `/web/v-{version}/…`, with the version of all files together: a browser asks for them once.
    `/?modules` is the client with its modules one by one, for whoever changes them and looks into the browser's tools.
    """
    router = APIRouter(include_in_schema=False)
    files = WebFiles()
    register_url_convertor("nothing", _Nothing())
    # `{prefix}` itself, whatever the prefix: FastAPI has no empty path for a router that may come without one.
    router.add_api_route("{end:nothing}", to_the_slash, methods=["GET", "HEAD"])

    @router.get("/")
    @router.head("/")
    async def client(request: Request) -> Response:
        return _page(request, files.page(CLIENT) if "modules" in request.query_params else files.client())

    @router.get("/try")
    async def tutorial(request: Request) -> Response:
        return _page(request, files.page("try.html"))

    @router.get("/service-worker.js")
    async def service_worker(request: Request) -> Response:
        return _answer(request, files.service_worker(), {})

    @router.get("/web/{name:path}")
    async def file(name: str, request: Request) -> Response:
        version, _, rest = name.partition("/")
        if not version.startswith("v-"):
            return _answer(request, files.get(name), {})
        # A page from before an update may still be asking: it gets what there is, but not for good.
        is_current = version == f"v-{files.version()}"
        return _answer(request, files.get(rest), {"Cache-Control": _FOR_GOOD} if is_current else {})

    return router


async def to_the_slash(request: Request) -> Response:
    """Addresses are relative to `{prefix}/`, so who asks for `{prefix}` is sent there, behind a stripping proxy too."""
    last = quote(request.scope["path"].rsplit("/", 1)[-1], safe="")
    query = request.url.query
    return RedirectResponse(f"./{last}/{'?' if query else ''}{query}", status_code=307)


class _Nothing(Convertor[str]):
    """A path parameter that is always empty."""

    regex = ""

    def convert(self, value: str) -> str:
        """The same."""
        return value

    def to_string(self, value: str) -> str:
        """The same."""
        return value


def _page(request: Request, page: WebFile) -> Response:
    return _answer(request, page, {"Content-Security-Policy": _policy(page.data)})


def _answer(request: Request, file: WebFile | None, headers: dict[str, str]) -> Response:
    if file is None:
        return PlainTextResponse("There is no such file.", 404, headers=_HEADERS | {"Content-Security-Policy": "default-src 'none'"})
    headers = _HEADERS | headers | {"ETag": file.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.data, headers=headers, media_type=file.media_type)


def _policy(page: bytes) -> str:
    """What a page may load: our own files, and the inline import map by its hash. Nothing else runs."""
    hashes = [b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    scripts = " ".join(["'self'", *(f"'sha256-{hash}'" for hash in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types hubbub"
    )

"""The routes of files: uploading, at once or piece by piece, and reading."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from hubbub.accounts.identity import SignedIn, Somebody
from hubbub.accounts.model import User
from hubbub.errors import HubbubError, Invalid, NotFound, TooLarge
from hubbub.files.actions import Files
from hubbub.files.cabinet import Cabinet
from hubbub.files.form import OVERHEAD_BYTES, FileForm
from hubbub.files.model import WIDEST, Claims, StoredFile, disposition
from hubbub.files.ranges import Part, part_of
from hubbub.files.storage import Content, Storage
from hubbub.files.uploads import Progress, Uploads, WrongOffset
from hubbub.problems import ProblemRoute, problem
from hubbub.protocol.events import File

CHUNK = 1024 * 1024
"""What a client is told to send at a time: worth a request, cheap to send again, and what proxies let pass by themselves."""
BLOCK = 256 * 1024
PIECE_TYPE = "application/offset+octet-stream"

# Whatever a file says of itself: it is opened alone, may do nothing, and belongs to no page.
_SAFELY = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600",
    "Vary": "Authorization, Cookie",
    "Accept-Ranges": "bytes",
}

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, "voice": {"type": "boolean"}},
                }
            }
        },
    }
}
_PIECE = {"requestBody": {"required": True, "content": {PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}}


class NewUpload(BaseModel):
    """A file that is to come. Where nobody here can measure, what is said of it is believed."""

    name: str = Field(max_length=4096)
    size: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)] = Field(description="Bytes")
    voice: bool = Field(False, description="A voice note")
    width: Annotated[int, Field(strict=True, ge=1, le=WIDEST)] | None = Field(None, description="Of a video")
    height: Annotated[int, Field(strict=True, ge=1, le=WIDEST)] | None = Field(None, description="Of a video")
    duration: float | None = Field(None, description="Seconds, of a video or a sound")
    key: str | None = Field(None, description="One's own; the same again goes on with the same upload")


class Upload(BaseModel):
    """An upload, and how much of it is here."""

    id: str = Field(description="The file's id too, once all of it is here")
    offset: int = Field(description="Bytes that are here")
    size: int
    chunk: int = Field(description="Bytes to send at a time")


class UploadRoute(ProblemRoute):
    """A route for bodies of any length: they are read as they come, by those who know how much may come."""

    body_limit = 2**63


def files_routers(cabinet: Cabinet, signed_in: Somebody) -> list[APIRouter]:
    """All routes of files, to be included under `{prefix}/api` in this order."""
    somebody = Depends(signed_in)
    return [_small(cabinet.uploads, somebody), _bytes(cabinet.uploads, somebody), _reading(cabinet.files, cabinet.storage, somebody)]


def _small(uploads: Uploads, somebody: Any) -> APIRouter:
    router = APIRouter(route_class=ProblemRoute, tags=["files"])

    @router.post("/uploads", status_code=201, operation_id="begin_upload", summary="Begin to upload a file, piece by piece")
    async def begin_upload(body: NewUpload, me: SignedIn = somebody) -> Upload:
        claims = Claims(body.name, body.size, body.voice, body.width, body.height, body.duration)
        begun = await uploads.begin(me.user, claims, key=body.key)
        return Upload(id=begun.file.id, offset=begun.arrived, size=begun.file.size, chunk=CHUNK)

    @router.head("/uploads/{id}", operation_id="look_at_upload", summary="How much of an upload is here")
    async def look_at_upload(id: str, me: SignedIn = somebody) -> Response:
        return Response(headers=_standing(await uploads.progress(me.user, id)))

    @router.delete("/uploads/{id}", status_code=204, operation_id="cancel_upload", summary="Give an upload up, or an unsent file")
    async def cancel_upload(id: str, me: SignedIn = somebody) -> None:
        await uploads.cancel(me.user, id)

    return router


def _bytes(uploads: Uploads, somebody: Any) -> APIRouter:
    router = APIRouter(route_class=UploadRoute, tags=["files"])

    @router.patch(
        "/uploads/{id}",
        operation_id="continue_upload",
        summary="Send the next piece of a file, or the last one",
        responses={200: {"model": File, "description": "All is here, and this is the file"}, 204: {"description": "More is to come"}},
        openapi_extra=_PIECE,
    )
    async def continue_upload(id: str, request: Request, me: SignedIn = somebody) -> Response:
        offset = _offset(request)
        try:
            progress = await uploads.take(me.user, id, offset, _pieces(request))
        except WrongOffset as wrong:
            return problem(409, wrong.code, wrong.message, headers={"Upload-Offset": str(wrong.arrived)})
        if progress.file.is_whole:
            return JSONResponse(progress.file.as_json(), 200, _standing(progress))
        return Response(status_code=204, headers=_standing(progress))

    @router.post(
        "/files",
        status_code=201,
        operation_id="upload_file",
        summary="Upload a file in one go",
        responses={201: {"model": File}},
        openapi_extra=_FORM,
    )
    async def upload_file(request: Request, me: SignedIn = somebody) -> Response:
        file = await _from_form(request, uploads, me.user)
        return JSONResponse(file.as_json(), 201)

    return router


def _reading(files: Files, storage: Storage, somebody: Any) -> APIRouter:
    router = APIRouter(route_class=ProblemRoute, tags=["files"])

    # Before the other one, which would take it for a file's name.
    @router.get("/files/{id}/thumbnail", operation_id="get_thumbnail", summary="A picture's small likeness", response_class=Response)
    async def get_thumbnail(id: str, request: Request, me: SignedIn = somebody) -> Response:
        file = await files.file(me.user, id)
        if file.thumbnail is None:
            raise NotFound("There is no such file.")
        return await _answer(request, storage, file.thumbnail, "image/webp", disposition("thumbnail.webp", is_inline=True))

    @router.get("/files/{id}/{name}", operation_id="get_file", summary="A file's bytes, all or one range of them", response_class=Response)
    async def get_file(id: str, name: str, request: Request, me: SignedIn = somebody) -> Response:
        file = await files.file(me.user, id)
        is_inline = file.kind != "file"
        type = file.type if is_inline else "application/octet-stream"
        return await _answer(request, storage, file.content or "", type, disposition(file.name, is_inline=is_inline))

    return router


async def _answer(request: Request, storage: Storage, address: str, type: str, named: str) -> Response:
    headers = _SAFELY | {"ETag": f'"{address[:40]}"', "Content-Disposition": named}
    asked = request.headers
    if headers["ETag"] in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    try:
        size, content = await asyncio.to_thread(lambda: (storage.size(address), storage.open(address)))
    except FileNotFoundError:
        raise NotFound("There is no such file.") from None
    is_same = asked.get("if-range") in (None, headers["ETag"])
    part = part_of(asked.get("range") if is_same else None, size or 0)
    if part is None:
        content.close()
        refusal = problem(416, "invalid", f"This range begins behind the end: there are {size} bytes.")
        refusal.headers["Content-Range"] = f"bytes */{size}"
        return refusal
    if part.length != size:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
    headers["Content-Length"] = str(part.length)
    return StreamingResponse(_blocks(content, part), 200 if part.length == size else 206, headers, media_type=type)


async def _blocks(content: Content, part: Part) -> AsyncIterator[bytes]:
    place, end = part.start, part.start + part.length
    try:
        while place < end and (block := await asyncio.to_thread(content.read, place, min(BLOCK, end - place))):
            yield block
            place += len(block)
    finally:
        content.close()


def _standing(progress: Progress) -> dict[str, str]:
    return {"Upload-Offset": str(progress.arrived), "Upload-Length": str(progress.file.size), "Cache-Control": "no-store"}


def _offset(request: Request) -> int:
    if request.headers.get("content-type") != PIECE_TYPE:
        raise Invalid(f"A piece of a file comes as `Content-Type: {PIECE_TYPE}`.", field="Content-Type")
    offset = request.headers.get("upload-offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) <= 16):
        raise Invalid("`Upload-Offset` says where this piece begins: how many bytes were sent before it.", field="Upload-Offset")
    return int(offset)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. A line that breaks ends it like any other end: what came, came."""
    try:
        async for some in request.stream():
            if some:
                yield some
    except ClientDisconnect:
        return


async def _from_form(request: Request, uploads: Uploads, user: User) -> StoredFile:
    """The file in a form, which is written as it comes. Whatever goes wrong, nothing is left of it."""
    announced = request.headers.get("content-length", "")
    bound = int(announced) if announced.isdigit() else uploads.limit
    if bound > uploads.limit + OVERHEAD_BYTES:
        raise TooLarge(f"A file has {uploads.limit:,} bytes at most.", field="file")
    form = FileForm(request.headers.get("content-type"))
    pieces = _of_the_file(request, form)
    first = await anext(pieces, b"")
    if form.name is None:
        raise Invalid("There is no file in this form. It goes into the field `file`.", field="file")
    most = max(min(bound, uploads.limit), 1)
    upload = (await uploads.begin(user, Claims(form.name, most, form.is_voice))).file
    try:
        size = await uploads.write(upload, 0, _after(first, pieces), most)
        if not form.is_over:
            raise Invalid("The form ends before its end: the connection broke, or its length is wrong.", field="file")
        if size == 0:
            raise Invalid("This file is empty. Send one with something in it.", field="file")
        upload = await uploads.correct(upload, size=size, is_voice=form.is_voice)
        return (await uploads.finish(upload)).file
    except (HubbubError, asyncio.CancelledError):
        await uploads.drop(upload)
        raise


async def _of_the_file(request: Request, form: FileForm) -> AsyncIterator[bytes]:
    async for some in _pieces(request):
        form.feed(some)
        if of_the_file := form.taken():
            yield of_the_file


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for some in pieces:
        yield some

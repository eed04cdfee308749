"""From what a bot passes as a file (an upload, `attach://name`, a file id, an address) to what a message shows of it."""

from typing import Any

from sandbox.call import Call
from sandbox.chats import Json
from sandbox.entities.links import http_url
from sandbox.errors import bad_request
from sandbox.files import LARGEST, LARGEST_PHOTO, File, Upload, picture_size

NAMES = {
    "photo": "photo.jpg",
    "audio": "audio.mp3",
    "document": "file",
    "video": "video.mp4",
    "animation": "animation.mp4",
    "voice": "voice.ogg",
    "video_note": "note.mp4",
    "sticker": "sticker.webp",
    "live_photo": "live.mp4",
}
TIMED = ("audio", "video", "animation", "voice", "video_note", "live_photo")
SIZED = ("video", "animation", "live_photo")


def upload_of(call: Call, value: Any, field: str) -> Upload | None:
    """The part of the request that a parameter means, if it means one."""
    if isinstance(value, str) and value.startswith("attach://"):
        found = call.uploads.get(value.removeprefix("attach://"))
        if found is None:
            raise bad_request(
                f'can\'t find file by the attachment name "{value.removeprefix("attach://")}"'
                if value != "attach://"
                else "wrong file attachment name"
            )
        return found
    return call.uploads.get(field) if value is None or value == "" else None


def stored(call: Call, value: Any, field: str, kind: str) -> File:
    """The file itself, kept."""
    upload = upload_of(call, value, field)
    if upload is not None:
        return kept(call, upload, kind)
    if not isinstance(value, str) or not value:
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    found = call.world.files.find(value, call.bot.id)
    if found is not None:
        if found.kind != kind and {found.kind, kind} != {"document", "animation"}:
            raise bad_request(f"type of file mismatch: can't use file of type {found.kind.title()} as {kind.title()}")
        return found
    if "://" in value or "." in value:
        raise bad_request(
            "failed to get HTTP URL content" if http_url(value) else "wrong file identifier/HTTP URL specified"
        )
    raise bad_request(
        "wrong file identifier/HTTP URL specified"
        if len(value) < 16
        else "wrong remote file identifier specified: can't unserialize it"
    )


def kept(call: Call, upload: Upload, kind: str) -> File:
    if len(upload.content) > (LARGEST_PHOTO if kind == "photo" else LARGEST):
        raise bad_request("file is too big" if kind != "photo" else "too big photo")
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        size = picture_size(upload.content)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if sum(size) > 10_000 or max(size) > 20 * min(size):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return call.world.files.put(upload.content, upload.name or NAMES[kind], upload.mime, kind)


def shown(file: File, file_id: str) -> Json:
    return {"file_id": file_id, "file_unique_id": file.unique, "file_size": len(file.content)}


def photo_sizes(call: Call, file: File) -> list[Json]:
    """A photo in its sizes: a thumbnail and the whole, as far as it is larger."""
    width, height = picture_size(file.content) or (1, 1)
    sizes = []
    for most in (90, 320, 1280):
        scale = min(1.0, most / max(width, height))
        sizes.append((max(1, round(width * scale)), max(1, round(height * scale))))
    made = []
    file_id = call.world.files.id_for(file, call.bot.id)
    for wide, high in dict.fromkeys(sizes):
        made.append({**shown(file, file_id), "width": wide, "height": high})
    return made


def media(call: Call, value: Any, field: str, kind: str, about: Json) -> Any:
    """What a message carries for a file of this kind: an object, or a list of sizes for a photo."""
    file = stored(call, value, field, kind)
    if kind == "photo":
        return photo_sizes(call, file)
    if about:
        file.about.update(about)
    made = shown(file, call.world.files.id_for(file, call.bot.id))
    if kind in TIMED:
        made["duration"] = file.about.get("duration", 0)
    if kind in SIZED:
        made["width"], made["height"] = file.about.get("width", 320), file.about.get("height", 240)
    if kind == "video_note":
        made["length"] = file.about.get("length", 240)
    made |= {name: file.about[name] for name in ("performer", "title", "start_timestamp") if name in file.about}
    if kind not in ("voice", "video_note", "sticker"):
        made["file_name"] = file.name
    if kind not in ("video_note", "sticker"):
        made["mime_type"] = file.mime
    thumbnail(call, made, file)
    return made


def thumbnail(call: Call, made: Json, file: File) -> None:
    """The small picture beside a file: the one passed with it, or the picture itself."""
    upload = (
        upload_of(call, call.get("thumbnail"), "thumbnail")
        if "thumbnail" in call.args or "thumbnail" in call.uploads
        else None
    )
    picture = (
        call.world.files.put(upload.content, upload.name, upload.mime, "thumbnail")
        if upload and upload.content
        else None
    )
    if picture is None and picture_size(file.content):
        picture = file
    if picture:
        width, height = picture_size(picture.content) or (90, 90)
        scale = min(1.0, 320 / max(width, height))
        size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
        made["thumbnail"] = {**shown(picture, call.world.files.id_for(picture, call.bot.id)), **size}


def as_document(animation: Json) -> Json:
    return {k: v for k, v in animation.items() if k not in ("duration", "width", "height")}


def from_input_media(call: Call, item: Json) -> Json:
    """The content that an InputMedia object stands for."""
    kind: str = item["type"]
    inner = Call(call.world, call.bot, call.method, item, call.uploads)
    about: Json = {n: item[n] for n in ("duration", "width", "height", "performer", "title") if n in item}
    content: Json = {kind: media(inner, item["media"], "", kind, about)}
    if kind == "animation":
        content["document"] = as_document(content[kind])
    return content

// Photos, documents and what else a message may hold beside its words.

import { el } from "./element.js";
import { icon } from "./icon.js";
import { t } from "./words.js";

const UNITS = ["B", "KB", "MB", "GB"];

export function size(bytes) {
  if (!bytes) return "";
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${UNITS[step]}`;
}

const urlOf = (file) => file.url ?? `/file/page/${encodeURIComponent(file.file_id)}`;

export function photoBody(message) {
  const largest = message.photo.at(-1);
  const image = el("img", {
    src: urlOf(largest), alt: message.caption ?? t("photo"), loading: "lazy", decoding: "async",
    width: largest.width, height: largest.height,
  });
  const open = el("button.photo", { type: "button", "aria-label": t("open_photo"), onclick: () => enlarge(image) }, image);
  if (message.has_media_spoiler) {
    open.classList.add("veiled");
    open.addEventListener("click", (event) => unveil(event, open), { capture: true });
  }
  return open;
}

function unveil(event, photo) {
  if (!photo.classList.contains("veiled")) return;
  event.stopImmediatePropagation();
  photo.classList.remove("veiled");
}

function enlarge(image) {
  const close = el("button.round", { type: "button", "aria-label": t("close"), onclick: () => box.close() }, icon("close"));
  const box = el("dialog.lightbox", { "aria-label": t("photo"), onclick: () => box.close(), onclose: () => box.remove() },
    el("img", { src: image.src, alt: image.alt }), close);
  document.body.append(box);
  box.showModal();
}

export function documentBody(file, kind) {
  const name = file.file_name ?? t(kind);
  return el("a.document", { href: urlOf(file), download: name, "aria-label": t("download", { name }) },
    el("span.document-icon", {}, icon("file")),
    el("span.document-text", {}, el("strong", {}, name), el("small", {}, [size(file.file_size), file.mime_type].filter(Boolean).join(" · "))));
}

const FILES = ["document", "video", "animation", "audio", "voice", "video_note", "sticker"];

function albumBody(parts) {
  const pictures = parts.every((part) => part.photo);
  return el(pictures ? "div.album" : "div.files", { data: { count: parts.length } }, parts.map(mediaBody));
}

/** What the message holds beside words, polls and invoices; null where there is nothing. */
export function mediaBody(message) {
  if (message.album?.length > 1) return albumBody(message.album);
  if (message.photo) return photoBody(message);
  const kind = FILES.find((key) => message[key]);
  if (kind) return documentBody(message[kind], kind);
  if (message.dice) return el("div.dice", {}, `${message.dice.emoji} ${message.dice.value}`);
  if (message.location) return el("div.place", {}, icon("globe"), `${message.location.latitude.toFixed(4)}, ${message.location.longitude.toFixed(4)}`);
  if (message.contact) return el("div.place", {}, icon("person"), `${message.contact.first_name} ${message.contact.phone_number}`);
  return null;
}

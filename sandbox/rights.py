"""What members, administrators and owners of a chat may do, and how a membership is shown."""

from dataclasses import dataclass, field
from typing import Any

ADMIN_ALWAYS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
ADMIN_CHANNEL = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
ADMIN_GROUP = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
SENDING = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
)
CHANGING = ("can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
PERMISSIONS = SENDING + CHANGING
MEDIA = {
    "photo": "can_send_photos",
    "audio": "can_send_audios",
    "document": "can_send_documents",
    "video": "can_send_videos",
    "video_note": "can_send_video_notes",
    "voice": "can_send_voice_notes",
    "poll": "can_send_polls",
    "sticker": "can_send_other_messages",
    "animation": "can_send_other_messages",
    "game": "can_send_other_messages",
    "dice": "can_send_other_messages",
}
INSIDE = ("creator", "administrator", "member")


@dataclass(slots=True)
class Member:
    """One's standing in a chat: `status` as the platform names it, `rights` an administrator's or a restricted member's."""

    user: int
    status: str
    rights: dict[str, bool] = field(default_factory=dict)
    title: str | None = None
    tag: str | None = None
    anonymous: bool = False
    until: int = 0
    promoted_by: int = 0

    @property
    def inside(self) -> bool:
        return self.status in INSIDE or (self.status == "restricted" and self.rights.get("is_member", False))

    @property
    def rules(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))


def all_rights(kind: str) -> dict[str, bool]:
    """Every right an administrator of such a chat can hold."""
    return dict.fromkeys(rights_of(kind), True)


def rights_of(kind: str) -> tuple[str, ...]:
    return ADMIN_ALWAYS + (ADMIN_CHANNEL if kind == "channel" else ADMIN_GROUP)


def default_permissions() -> dict[str, bool]:
    """What members of a new group may do: write, react and invite; its name and its pins are the administrators'."""
    return {
        **dict.fromkeys(PERMISSIONS, True),
        "can_change_info": False,
        "can_pin_messages": False,
        "can_manage_topics": False,
    }


def shown(member: Member, user: dict[str, Any], kind: str, asked_by: int = 0) -> dict[str, Any]:
    """A ChatMember; `asked_by` is the bot that asks, for `can_be_edited`."""
    base: dict[str, Any] = {"user": user, "status": member.status}
    titled = {"custom_title": member.title} if member.title else {}
    if member.status == "creator":
        return {**base, "is_anonymous": member.anonymous, **titled}
    if member.status == "administrator":
        rights = {name: member.rights.get(name, False) for name in rights_of(kind)}
        return {
            **base,
            "can_be_edited": bool(asked_by) and member.promoted_by == asked_by,
            "is_anonymous": member.anonymous,
            **rights,
            **titled,
        }
    tagged = {"tag": member.tag} if member.tag else {}
    if member.status == "restricted":
        allowed = {name: member.rights.get(name, False) for name in PERMISSIONS}
        return {
            **base,
            **tagged,
            "is_member": member.rights.get("is_member", True),
            **allowed,
            "until_date": member.until,
        }
    if member.status == "kicked":
        return {**base, "until_date": member.until}
    return (
        {**base, **tagged, **({"until_date": member.until} if member.until else {})}
        if member.status == "member"
        else base
    )

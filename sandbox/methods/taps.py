"""Answers to taps."""

from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    query = call.world.queries.find(call.args["callback_query_id"], "callback", call.bot.id)
    url = call.get("url")
    if (
        url
        and not url.startswith((f"https://t.me/{call.bot.username}", f"t.me/{call.bot.username}", "tg://"))
        and "game" not in query.about
    ):
        raise bad_request("URL_INVALID")
    answer: Json = {"text": call.get("text") or None, "show_alert": bool(call.get("show_alert")), "url": url}
    call.world.queries.give(query, answer)
    call.world.events.add(
        "answer", query.about["page_chat"], {"person_id": query.person, "query_id": query.id, **answer}
    )
    return True

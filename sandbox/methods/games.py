"""Games: any short name is a game here."""

from sandbox import posting, sending, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request


@method("sendGame")
def send_game(call: Call) -> Json:
    chat = call.chat()
    name = call.args["game_short_name"]
    if chat.kind == "channel":
        raise bad_request("games can't be sent to channel chats")
    if not name.replace("_", "").isalnum():
        raise bad_request("wrong game short name specified")
    content = {"game": {"title": name.replace("_", " ").title(), "description": "A game in the sandbox.", "photo": []}}
    call.args.setdefault("reply_markup", {"inline_keyboard": [[{"text": "Play", "callback_game": {}}]]})
    return sending.send(call, chat, content, "game", {"game": name, "scores": {}})


def game_of(call: Call) -> tuple[Chat, Post]:
    if "chat_id" not in call.args:
        raise bad_request(
            "MESSAGE_ID_INVALID" if "inline_message_id" in call.args else "message identifier is not specified"
        )
    chat = call.chat()
    found = chat.post(call.get("message_id", 0))
    if found is None or "game" not in found.body:
        raise bad_request("message to set game score not found" if found is None else "message has no game")
    return chat, found


@method("setGameScore")
def set_score(call: Call) -> Json:
    chat, found = game_of(call)
    person, score = call.person(), call.args["score"]
    if score < 0:
        raise bad_request("score must be non-negative")
    scores: dict[int, int] = found.business.setdefault("scores", {})
    if score <= scores.get(person, -1) and not call.get("force"):
        raise bad_request("BOT_SCORE_NOT_MODIFIED")
    scores[person] = score
    if not call.get("disable_edit_message"):
        lines = [
            f"{place}. {call.world.people[who].name} – {points}"
            for place, (who, points) in enumerate(sorted(scores.items(), key=lambda x: -x[1]), 1)
            if who in call.world.people
        ]
        found.body = {
            **found.body,
            "game": {**found.body["game"], "text": "\n".join(lines)},
            "edit_date": call.world.stamp(),
        }
        posting.event(call.world, chat, "edit", lambda: {"message": views.for_page(call.world, chat, found)})
    return views.for_bot(call.world, found.body, call.bot.id)


@method("getGameHighScores")
def high_scores(call: Call) -> list[Json]:
    _, found = game_of(call)
    call.person()
    ranked = sorted(found.business.get("scores", {}).items(), key=lambda x: -x[1])
    return [
        {"position": place, "user": call.world.user(who), "score": points}
        for place, (who, points) in enumerate(ranked, 1)
    ]

"""Methods for what the sandbox has none of: business accounts, stories, gifts, verification. They refuse as the platform
refuses a bot that was never given these."""

from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.spec import load

BUSINESS = tuple(
    name
    for name, fields in load().methods.items()
    if "business_connection_id" in fields and fields["business_connection_id"].required
)


@method(*BUSINESS, "getBusinessConnection")
def business(call: Call) -> bool:
    del call
    raise bad_request("business connection not found")


@method("getAvailableGifts")
def gifts(call: Call) -> Json:
    del call
    return {"gifts": []}


@method("getUserGifts", "getChatGifts")
def owned_gifts(call: Call) -> Json:
    if "user_id" in call.args:
        call.person()
    else:
        call.chat()
    return {"total_count": 0, "gifts": []}


@method("sendGift")
def send_gift(call: Call) -> bool:
    del call
    raise bad_request("STARGIFT_INVALID")


@method("giftPremiumSubscription")
def premium(call: Call) -> bool:
    call.person()
    if call.args["month_count"] not in (3, 6, 12):
        raise bad_request("PREMIUM_GIFT_MONTHS_INVALID")
    raise bad_request("BALANCE_TOO_LOW")


@method("verifyUser", "removeUserVerification", "verifyChat", "removeChatVerification")
def verify(call: Call) -> bool:
    del call
    raise bad_request("BOT_VERIFIER_FORBIDDEN")


@method("getManagedBotToken", "replaceManagedBotToken", "getManagedBotAccessSettings", "setManagedBotAccessSettings")
def managed(call: Call) -> bool:
    call.person()
    raise bad_request("BOT_ACCESS_FORBIDDEN")


@method("approveSuggestedPost", "declineSuggestedPost")
def suggested(call: Call) -> bool:
    chat = call.chat()
    call.post(
        chat, "message to approve not found" if call.method.startswith("approve") else "message to decline not found"
    )
    raise bad_request("method is available for channel direct messages chats only")


@method("setPassportDataErrors")
def passport(call: Call) -> bool:
    call.person()
    raise bad_request("USER_ID_INVALID")


@method("getUserPersonalChatMessages")
def personal_chat(call: Call) -> list[Json]:
    call.person()
    return []


@method("answerChatJoinRequestQuery", "sendChatJoinRequestWebApp")
def join_query(call: Call) -> bool:
    call.world.queries.find(call.args["chat_join_request_query_id"], "join", call.bot.id)
    return True

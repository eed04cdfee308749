"""Invoices, checkout answers, Stars."""

from sandbox import posting, sending, uploads
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.payments import Payment, books, read

NANO = 1_000_000_000  # parts of a Star


@method("sendInvoice")
def send_invoice(call: Call) -> Json:
    chat = call.chat()
    invoice = read(call.bot.id, call.args)
    markup = call.get("reply_markup")
    rows = markup.get("inline_keyboard", []) if markup else []
    if any(rows) and not next(row for row in rows if row)[0].get("pay"):
        raise bad_request("the first button must be a Pay button" if len(rows) else "BUTTON_POS_INVALID")
    shown: Json = {
        "title": invoice.title,
        "description": invoice.description,
        "start_parameter": invoice.start_parameter,
        "currency": invoice.currency,
        "total_amount": invoice.total,
    }
    if not any(rows):
        words = (
            f"Pay {invoice.total} ⭐"
            if invoice.currency == "XTR"
            else f"Pay {invoice.total / 100:.2f} {invoice.currency}"
        )
        call.args["reply_markup"] = {"inline_keyboard": [[{"text": words, "pay": True}]]}
    return sending.send(call, chat, {"invoice": shown}, "invoice", {"invoice": invoice})


@method("createInvoiceLink")
def create_invoice_link(call: Call) -> str:
    invoice = read(call.bot.id, call.args)
    if invoice.period and (invoice.currency != "XTR" or invoice.period != 2_592_000):
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    url = f"https://t.me/${call.world.code(20)}"
    books(call.world).links[url] = invoice
    return url


@method("answerPreCheckoutQuery")
def answer_pre_checkout(call: Call) -> bool:
    return answered(call, "pre_checkout_query_id", "checkout")


@method("answerShippingQuery")
def answer_shipping(call: Call) -> bool:
    if call.args["ok"] and not call.get("shipping_options"):
        raise bad_request(
            "shipping options must be non-empty"
            if "shipping_options" in call.args
            else 'parameter "shipping_options" is required'
        )
    return answered(call, "shipping_query_id", "shipping")


def answered(call: Call, name: str, kind: str) -> bool:
    query = call.world.queries.find(call.args[name], kind, call.bot.id)
    if not call.args["ok"] and not call.get("error_message"):
        raise bad_request('parameter "error_message" is required')
    call.world.queries.give(query, dict(call.args))
    return True


@method("getMyStarBalance")
def star_balance(call: Call) -> Json:
    return stars(call.bot.tenths)


def stars(tenths: int) -> Json:
    """An amount as the platform writes it: whole Stars, and billionths where there is a part of one."""
    part = tenths % 10 * NANO // 10
    return {"amount": tenths // 10, **({"nanostar_amount": part} if part else {})}


def partner(call: Call, payment: Payment) -> Json:
    return {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": call.world.user(payment.person),
        "invoice_payload": payment.payload,
    }


@method("getStarTransactions")
def star_transactions(call: Call) -> Json:
    offset = call.get("offset", 0)
    if offset < 0:
        raise bad_request("offset must be non-negative")
    found: list[Json] = []
    for payment in books(call.world).of(call.bot.id):
        if payment.currency == "XTR":
            line = {"id": payment.charge, "amount": payment.amount, "date": payment.at}
            found.append({**line, "source": partner(call, payment)})
            if payment.refunded:
                found.append({**line, "receiver": partner(call, payment)})
    if call.bot.broadcast:
        payee = {"type": "telegram_api", "request_count": call.bot.broadcast}
        line = {"id": f"api{call.bot.id}", "date": call.world.stamp(), **stars(call.bot.broadcast)}
        found.append({**line, "receiver": payee})
    return {"transactions": found[offset : offset + call.get("limit", 100)]}


@method("refundStarPayment")
def refund(call: Call) -> bool:
    person = call.person()
    payment = books(call.world).payments.get(call.args["telegram_payment_charge_id"])
    if payment is None or payment.bot != call.bot.id or payment.person != person or payment.currency != "XTR":
        raise bad_request("CHARGE_NOT_FOUND")
    if payment.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    if call.bot.tenths < payment.amount * 10:
        raise bad_request("BALANCE_TOO_LOW")
    payment.refunded = True
    call.bot.stars -= payment.amount
    payer = call.world.people[person]
    payer.stars += payment.amount
    chat = call.world.private_chat(call.bot.id, person)
    posting.post(
        call.world,
        chat,
        payer,
        {
            "refunded_payment": {
                "currency": "XTR",
                "total_amount": payment.amount,
                "invoice_payload": payment.payload,
                "telegram_payment_charge_id": payment.charge,
            }
        },
        service=True,
    )
    return True


@method("editUserStarSubscription")
def edit_subscription(call: Call) -> bool:
    payment = books(call.world).payments.get(call.args["telegram_payment_charge_id"])
    if payment is None or payment.bot != call.bot.id or payment.person != call.person():
        raise bad_request("CHARGE_NOT_FOUND")
    return True


@method("sendPaidMedia")
def send_paid_media(call: Call) -> Json:
    chat = call.chat()
    if not 1 <= len(call.args["media"]) <= 10:
        raise bad_request("media must have 1 to 10 items")
    media = [{"type": item["type"], **uploads.from_input_media(call, item)} for item in call.args["media"]]
    content: Json = {
        "paid_media": {"star_count": call.args["star_count"], "paid_media": media},
        **sending.caption_fields(call),
    }
    return sending.send(call, chat, content, "photo", {"payload": call.get("payload", "")})

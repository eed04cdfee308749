"""Paying an invoice: shipping if asked, the bot's last word, then the money."""

from typing import Any

from sandbox import posting
from sandbox.acts.ask import Ask, act, bot_of, chat_asked, person_of
from sandbox.chats import Chat, Json
from sandbox.errors import bad_request
from sandbox.payments import Invoice, Payment, books
from sandbox.people import Person
from sandbox.queries import Query
from sandbox.world import World

CHECKOUT = 10.0  # seconds a bot has for its last word
ADDRESS = {
    "country_code": "CN",
    "state": "",
    "city": "Shanghai",
    "street_line1": "Orchard Lane 3",
    "street_line2": "",
    "post_code": "200000",
}


def places(world: World, ask: Ask, person: Person) -> list[Chat]:
    """Where the invoice may stand: the chat that is named, else wherever the person is, private chats first."""
    if ask.body.get("chat_id"):
        return [chat_asked(world, ask, person.id)]
    if ask.body.get("bot_id"):
        return [world.private_chat(bot_of(world, ask).id, person.id)]
    private = [chat for (_, who), chat in world.private.items() if who == person.id]
    return [*private, *(chat for chat in world.chats.values() if chat.member(person.id).inside)]


def invoice_of(world: World, ask: Ask, person: Person) -> Invoice:
    if url := ask.text("invoice_link", ""):
        found = books(world).links.get(url)
    else:
        number = ask.integer("message_id")
        posts = [post for chat in places(world, ask, person) if (post := chat.post(number))]
        found = next((post.business["invoice"] for post in posts if "invoice" in post.business), None)
    if not isinstance(found, Invoice):
        raise bad_request("message is not an invoice")
    return found


def order_info(person: Person, invoice: Invoice) -> Json:
    about = {
        "name": person.name,
        "phone_number": "8613800000000",
        "email": f"{person.first_name.lower()}@example.com",
        "shipping_address": ADDRESS,
    }
    wanted = {*invoice.needs, *(["shipping_address"] if invoice.flexible else [])}
    return {name: value for name, value in about.items() if name in wanted}


@act("pay")
async def pay(world: World, ask: Ask) -> Json:
    """`{"paid": true, ...}` or why not; `tip` and `shipping` (an option's id) as a person would choose them."""
    person = person_of(world, ask)
    invoice = invoice_of(world, ask, person)
    if ask.flag("refuse"):
        return {"paid": False, "error": "refused"}
    tip = ask.integer("tip", 0)
    if not 0 <= tip <= invoice.tip_max:
        raise bad_request("TIP_AMOUNT_INVALID")
    amount, shipping = invoice.total + tip, ""
    if invoice.flexible:
        answer = await shipped(world, invoice, person)
        if not answer or not answer["ok"]:
            return {"paid": False, "error": (answer or {}).get("error_message", "timeout")}
        option = next((o for o in answer["shipping_options"] if o["id"] == ask.text("shipping", o["id"])), None)
        if option is None:
            raise bad_request("SHIPPING_OPTION_INVALID")
        shipping, amount = option["id"], amount + sum(price["amount"] for price in option["prices"])
    if invoice.currency == "XTR" and person.stars < amount:
        return {"paid": False, "error": "BALANCE_TOO_LOW"}
    return await checked_out(world, invoice, person, amount, shipping)


async def shipped(world: World, invoice: Invoice, person: Person) -> dict[str, Any] | None:
    query = world.queries.ask("shipping", invoice.bot, person.id)
    world.queues[invoice.bot].add(
        "shipping_query",
        {"id": query.id, "from": person.api(), "invoice_payload": invoice.payload, "shipping_address": ADDRESS},
    )
    return await answered(world, query, CHECKOUT * 3)


async def answered(world: World, query: Query, seconds: float) -> dict[str, Any] | None:
    """The bot's answer, or nothing once that many seconds of the platform's clock are over."""
    world.clock.at(world.now() + seconds, query.bell.set)
    await query.bell.wait()
    return query.answer


async def checked_out(world: World, invoice: Invoice, person: Person, amount: int, shipping: str) -> Json:
    query = world.queries.ask("checkout", invoice.bot, person.id)
    info = order_info(person, invoice)
    about: Json = {
        "currency": invoice.currency,
        "total_amount": amount,
        "invoice_payload": invoice.payload,
        **({"shipping_option_id": shipping} if shipping else {}),
        **({"order_info": info} if info else {}),
    }
    world.queues[invoice.bot].add("pre_checkout_query", {"id": query.id, "from": person.api(), **about})
    answer = await answered(world, query, CHECKOUT)
    if not answer or not answer["ok"]:
        return {"paid": False, "error": (answer or {}).get("error_message", "timeout")}
    chat = world.private_chat(invoice.bot, person.id)
    return booked(world, chat, invoice, person, about)


def booked(world: World, chat: Chat, invoice: Invoice, person: Person, about: Json) -> Json:
    """Moves the money and tells both sides."""
    stars = invoice.currency == "XTR"
    charge = f"{'stx' if stars else ''}{world.code(40)}"
    payment = Payment(
        charge, invoice.bot, person.id, about["total_amount"], invoice.currency, invoice.payload, world.stamp()
    )
    books(world).payments[charge] = payment
    invoice.paid_by.add(person.id)
    if stars:
        person.stars -= payment.amount
        world.bots[invoice.bot].stars += payment.amount
    content = {
        **about,
        "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": f"{person.id}_{world.code(8)}",
    }
    if invoice.period:
        content |= {
            "subscription_expiration_date": world.stamp() + invoice.period,
            "is_recurring": True,
            "is_first_recurring": True,
        }
    made = posting.post(world, chat, person, {"successful_payment": content}, service=True)
    posting.event(
        world, chat, "invoice", {"paid": True, "charge": charge, "amount": payment.amount, "currency": payment.currency}
    )
    return {
        "paid": True,
        "telegram_payment_charge_id": charge,
        "amount": payment.amount,
        "currency": payment.currency,
        "message_id": made.id,
    }

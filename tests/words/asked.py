"""A question with all that can hang on it, in hostile words: what notices about questions speak of."""

from datetime import date

from models.answers import Answer
from models.asks import Ask
from models.moderation import Kind
from models.orders import Order
from models.questions import Question
from models.showcases import Showcase
from models.states import AskState, QuestionState, WordsState
from tests.words.office import Office


def asked(office: Office, words: str) -> dict[str, object]:
    """The ids of a question of Ann's, put to Bao, who asked back, answered, and showed what came."""
    scene, session = office.scene, office.session
    place = {"shop_id": scene.shop, "circle_id": scene.circle, "product_id": scene.product}
    ann, bao = scene.person("Ann"), scene.person("Bao")
    question = Question(**place, asker_id=ann, asked_of="buyers", state=QuestionState.OPEN, words=words, asked_at=scene.now)
    session.add(question)
    session.flush()
    ask = Ask(
        question_id=question.id or 0, person_id=bao, asker_id=ann, wave=1, state=AskState.PUT, day=date(2026, 11, 20),
        put_at=scene.now, why={"code": "why_received", "params": {"count": 3}}, back_by=bao, back_words=words, back_reply=words,
    )  # fmt: skip
    session.add(ask)
    said = {**place, "person_id": bao, "state": WordsState.SHOWN, "words": words, "created_at": scene.now}
    answer = Answer(**said, question_id=question.id or 0, by="buyer", bought=3, critical=True, photo_file_id="photo")
    order = session.get_one(Order, office.order_of("Bao"))
    showcase = Showcase(**said, order_id=order.id or 0, photo_file_id="photo", public=True)
    session.add_all([answer, showcase])
    session.flush()
    ids = {"question_id": question.id, "ask_id": ask.id, "answer_id": answer.id, "showcase_id": showcase.id}
    return {**ids, "subject_id": answer.id, "kind": str(Kind.ANSWER)}

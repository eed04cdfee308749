"""Questions, asks, answers, votes, showcases, reports, and who decided what; who received what, as an index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
RECEIVED = sa.text("collected_at IS NOT NULL AND state <> 'refunded'")


def upgrade() -> None:
    _questions()
    _question_terms()
    _asks()
    _answers()
    _answer_votes()
    _showcases()
    _reports()
    _moderation_decisions()
    _received()


def downgrade() -> None:
    op.drop_index("ix_orders_received", table_name="orders")
    op.drop_index("ix_orders_basket", table_name="orders")
    for name in _TABLES:
        op.drop_table(name)


_TABLES = (
    "moderation_decisions",
    "reports",
    "showcases",
    "answer_votes",
    "answers",
    "asks",
    "question_terms",
    "questions",
)


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("round_id", BIG, nullable=True),
        sa.Column("asker_id", BIG, nullable=True),
        sa.Column("asking_key", sa.String(), nullable=True),
        sa.Column("asked_of", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("photo_file_id", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.Column("next_wave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_shop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_shop_why", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("kept_out", DOCUMENT, nullable=False),
        sa.Column("nudge_after", sa.Integer(), nullable=False),
        sa.CheckConstraint("asked_of IN ('buyers', 'shop')", name=op.f("ck_questions_asked_of")),
        sa.ForeignKeyConstraint(["asker_id"], ["people.id"], name=op.f("fk_questions_asker_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_questions_circle_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_questions_product_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_questions_round_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_questions_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("asking_key", name=op.f("uq_questions_asking_key")),
    )
    op.create_index(op.f("ix_questions_asker_id"), "questions", ["asker_id"], unique=False)
    op.create_index(op.f("ix_questions_next_wave_at"), "questions", ["next_wave_at"], unique=False)
    op.create_index(op.f("ix_questions_nudge_at"), "questions", ["nudge_at"], unique=False)
    op.create_index("ix_questions_product", "questions", ["circle_id", "product_id", "state"], unique=False)
    op.create_index(op.f("ix_questions_shop_at"), "questions", ["shop_at"], unique=False)
    op.create_index("ix_questions_waiting", "questions", ["shop_id", "state", "asked_at"], unique=False)


def _question_terms() -> None:
    op.create_table(
        "question_terms",
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("question_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_question_terms_circle_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_question_terms_product_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_question_terms_question_id")),
        sa.PrimaryKeyConstraint("circle_id", "term", "product_id", "question_id", name=op.f("pk_question_terms")),
    )
    op.create_index("ix_question_terms_question", "question_terms", ["question_id"], unique=False)


def _asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("question_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("asker_id", BIG, nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explored", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", DOCUMENT, nullable=False),
        sa.Column("back_by", BIG, nullable=True),
        sa.Column("back_words", sa.String(), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("back_reply", sa.String(), nullable=False),
        sa.Column("back_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["people.id"], name=op.f("fk_asks_asker_id")),
        sa.ForeignKeyConstraint(["back_by"], ["people.id"], name=op.f("fk_asks_back_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asks_person_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_asks_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_asks_person_id_day")),
        sa.UniqueConstraint("question_id", "person_id", name=op.f("uq_asks_question_id_person_id")),
    )
    op.create_index(op.f("ix_asks_due_at"), "asks", ["due_at"], unique=False)
    op.create_index("ix_asks_person", "asks", ["person_id", "put_at"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("question_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("ask_id", BIG, nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("photo_file_id", sa.String(), nullable=True),
        sa.Column("bought", sa.Integer(), nullable=False),
        sa.Column("bought_kind", sa.Integer(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("helpful_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("by IN ('buyer', 'shop')", name=op.f("ck_answers_by")),
        sa.ForeignKeyConstraint(["ask_id"], ["asks.id"], name=op.f("fk_answers_ask_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_answers_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answers_person_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_answers_product_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_answers_question_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_answers_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("question_id", "person_id", name=op.f("uq_answers_question_id_person_id")),
    )
    op.create_index("ix_answers_person", "answers", ["person_id", "helpful_at"], unique=False)
    op.create_index("ix_answers_product", "answers", ["circle_id", "product_id", "state"], unique=False)


def _answer_votes() -> None:
    op.create_table(
        "answer_votes",
        sa.Column("answer_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=op.f("fk_answer_votes_answer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answer_votes_person_id")),
        sa.PrimaryKeyConstraint("answer_id", "person_id", name=op.f("pk_answer_votes")),
    )


def _showcases() -> None:
    op.create_table(
        "showcases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("photo_file_id", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_showcases_circle_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_showcases_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_showcases_person_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_showcases_product_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_showcases_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showcases")),
        sa.UniqueConstraint("order_id", name=op.f("uq_showcases_order_id")),
    )
    op.create_index(op.f("ix_showcases_person_id"), "showcases", ["person_id"], unique=False)
    op.create_index("ix_showcases_product", "showcases", ["circle_id", "product_id", "state"], unique=False)


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("seller", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("kind", "subject_id", "person_id", name=op.f("uq_reports_kind_subject_id_person_id")),
    )


def _moderation_decisions() -> None:
    op.create_table(
        "moderation_decisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("as_admin", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_moderation_decisions_by")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_moderation_decisions_circle_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_moderation_decisions_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decisions")),
    )
    op.create_index("ix_moderation_decisions_subject", "moderation_decisions", ["kind", "subject_id"], unique=False)


def _received() -> None:
    op.create_index(
        "ix_orders_basket",
        "orders",
        ["person_id", "shop_id", "product_id", "collected_at", "state"],
        unique=False,
        sqlite_where=RECEIVED,
        postgresql_where=RECEIVED,
    )
    op.create_index(
        "ix_orders_received",
        "orders",
        ["circle_id", "product_id", "collected_at", "person_id", "state"],
        unique=False,
        sqlite_where=RECEIVED,
        postgresql_where=RECEIVED,
    )

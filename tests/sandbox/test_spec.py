"""The compact specification against a second reading of the same platform: aiogram's own classes."""

import pytest
from aiogram import methods, types
from aiogram.methods import TelegramMethod

from sandbox.spec import load
from sandbox.validate import signature

CLASSES = {
    cls.__api_method__: cls
    for cls in (getattr(methods, name) for name in methods.__all__)
    if isinstance(cls, type) and issubclass(cls, TelegramMethod) and cls is not TelegramMethod
}


def test_every_method_is_there_with_the_same_parameters() -> None:
    spec = load()
    assert set(CLASSES) == set(spec.methods)
    for name, cls in CLASSES.items():
        current = {
            field
            for field, info in cls.model_fields.items()
            if not info.deprecated and "deprecated" not in str(info.json_schema_extra)
        }
        assert set(spec.methods[name]) <= current, name
        required = {field for field, info in cls.model_fields.items() if info.is_required()}
        assert required == {field for field, declared in spec.methods[name].items() if declared.required}, name


def test_every_type_has_the_fields_that_answers_must_carry() -> None:
    for name, fields in load().types.items():
        cls = getattr(types, name, None)
        if cls is None:
            continue
        aliases = {info.alias or field for field, info in cls.model_fields.items()}
        assert set(fields) <= aliases, name


@pytest.mark.parametrize("name", sorted(load().methods))
def test_every_method_compiles_to_a_check(name: str) -> None:
    assert set(signature(name).checks) == set(load().methods[name])

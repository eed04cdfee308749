"""What the demo's people type, in English and in Chinese. What they type in one language only stands in the scenes."""

from collections.abc import Mapping

LINES: Mapping[str, tuple[str, str]] = {
    "oranges": ("Honey oranges, 5 kg", "蜜橙5公斤"),
    "oranges_offer": (
        "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, in 6 hours, stock 13, max 5 each, min 3",
        "/sell 蜜橙5公斤 39.9，3人36，8人32，6小时，库存13，每人限5，3人成团",
    ),
    "less_ripe": ("less ripe", "不要太熟"),
    "aunt": ("+1 for Aunt Wang", "代接 王阿姨 +1"),
    "set_one": ("我要1份", "我要1份"),
    "two": ("要两份", "要两份"),
    "join": ("+1", "接龙"),
    "share": ("The last ones were sweet as honey.", "上次那箱甜得很，放心买。"),
    "chat_carry": ("I can carry a box up for someone.", "我可以帮忙搬一箱上楼。"),
    "chat_sweet": ("Are they sweet or sour?", "甜不甜呀？"),
    "chat_gone": ("The last ones were gone in two days here.", "上次的两天就吃完了。"),
    "chat_gate": ("Saturday at the gate suits me.", "周六门口取，我行。"),
    "large": ("+1 large", "+1 大份"),
    "slip": ("+1 lagre", "+1 大分"),
    "eggs": ("Free-range eggs, 30", "散养鸡蛋 30 枚"),
    "pears": ("Autumn pears", "秋月梨"),
    "mangoes": ("Mangoes, 3 kg", "芒果3公斤"),
    "mangoes_short": ("mangoes", "芒果"),
    "mangoes_offer": ("Mangoes, 3 kg 58.00, 2 people 52, in 9 hours", "芒果3公斤 58，2人52，9小时"),
    "news": ("We are back from the orchard on Sunday.", "我们周日从果园回来。"),
    "chestnuts": ("Roast chestnuts", "糖炒栗子"),
    "draw": ("Autumn draw", "秋天抽奖"),
    "question": ("Are they sweet or sour?", "甜不甜？酸不酸？"),
    "answer": ("Sweet, with thin skin. The children ate half of them on the way up.", "甜，皮薄。还没上楼孩子就吃了一半。"),
    "hello": ("Hello, I am Lin from the stairwell next door.", "大家好，我是隔壁楼的林。"),
    "soft": ("One is soft at the bottom.", "底下有一个软了。"),
    "living_offer": (
        "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, in 6 hours, stock 60, max 5 each, min 3",
        "/sell 蜜橙5公斤 39.9，3人36，8人32，6小时，库存60，每人限5，3人成团",
    ),
}

PEACHES = "水蜜桃 一箱"
PEACHES_CAPTION = f"{PEACHES} 68，2人60，规格 大份/小份，5小时"
POTATOES = "红薯 5斤"
POTATOES_LIST = f"""#接龙
{POTATOES} 15，4人12，20小时
1. Ann 2份
2. Bao
3. 王阿姨"""


def line(key: str, language: str) -> str:
    """One of the lines, in the evening's language."""
    english, chinese = LINES[key]
    return chinese if language.startswith("zh") else english

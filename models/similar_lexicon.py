"""Ideas that questions about goods turn on, with the words that name them in English and Chinese. Data, no rules.

Invariants: an idea's words are what a buyer would type; a word names one idea. Goods are ideas too, weaker ones: what a
question is about says less than what it asks. Chosen from what people ask about food and household goods, before and
without the labelled pairs of tests/questions, a third of which are never looked at.
"""

_IDEAS = """
sweet: sweet sweetness sweeter sugary 甜 甜度 甜味 糖度
sour: sour sourness acidic tart 酸 酸味 酸度
bitter: bitter bitterness 苦 苦味 涩
salty: salty salt saltiness 咸 盐 咸淡
spicy: spicy chilli chili peppery 辣 辣度 微辣
greasy: greasy oily fat fatty lean 油 油腻 腻 肥 肥瘦 瘦
taste: taste tasty flavour flavor delicious yummy good nice 味道 口感 好吃 好喝 难吃 美味 口味
smell: smell smelly odour odor fishy stink scent fragrance aroma 气味 异味 腥 腥味 臭 香味 香
fresh: fresh freshness fresher stale 新鲜 鲜 鲜度 不新鲜
keep: keep last store stored storage shelf preserve expire expires expiry expiration 保存 存放 保质期 保鲜 储存
    储藏 有效期 放多久 放几天 久放 耐放 存 能放
bad: rotten rot mould mold mouldy moldy spoiled spoil bad bruised damaged broken cracked crushed leak leaking 烂
    坏 坏果 烂果 发霉 霉 破损 压坏 磕碰 破 碎 碎掉 漏 坏的 变质
size: size big large small tiny bigger smaller 大 小 大小 个头 个儿 尺寸 多大 大个 小个
weight: weigh weight weighs heavy kilo kilos kg kilogram gram grams 重 重量 斤 公斤 几斤 多重 净重 足秤 分量
    够秤 缺斤少两
count: pieces piece count number 几个 多少个 个数 数量 几只 几枚 多少枚 几片 几包 几袋
price: price cost costs expensive cheap cheaper pricey 价格 价钱 贵 便宜 多少钱
worth: worth value 值 值得 划算 性价比 合算
deliver: deliver delivers delivery delivered arrive arrives arrival ship ships shipping shipped courier 送 发货
    到货 配送 送货 快递 物流 寄 送到 送上门
when: when day date time 什么时候 几号 哪天 何时 几点 时候 时间 周几
pickup: collect pickup pick collecting 自提 提货 取货 领货 取 领
origin: origin grown produced where comes farm orchard 产地 产自 哪里 哪儿 哪产 原产 种的 果园 农场
organic: organic pesticide pesticides sprayed spray chemicals chemical wax waxed 有机 农药 打药 农残 绿色 打蜡
    化肥
seed: seed seeds seedless pip pips stone stones pit pits 籽 核 无籽 有籽 种子 籽多 果核
peel: peel peeling skin skinned rind shell 皮 剥 好剥 皮厚 皮薄 剥皮 削皮 去皮 带皮 壳
juicy: juicy juice juices watery dry moist 汁 水分 多汁 汁水 榨汁 果汁 水多 干 干巴
ripe: ripe unripe ripen green 熟 成熟 没熟 生的 催熟 熟透 青
crisp: crisp crispy crunchy soft firm mushy tender chewy tough 脆 软 硬 软烂 面 绵 嫩 老 嚼劲 筋道 松软 糯 柴
child: child children kid kids baby babies toddler toddlers son daughter 孩子 小孩 宝宝 儿童 娃 小朋友 婴儿
elder: elderly grandma grandpa grandparents grandmother grandfather parents seniors old 老人 老人家 长辈 爸妈
    爷爷 奶奶 老年人 牙口
pregnant: pregnant pregnancy 孕妇 怀孕
diabetes: diabetic diabetes diabetics glucose 糖尿病 血糖 控糖 无糖
allergy: allergic allergy allergies allergen allergens intolerant gluten lactose nuts 过敏 过敏原 麸质 乳糖 坚果
gift: gift gifts present presents 送人 礼物 礼盒 送礼 送朋友
pack: package packages packaging packed packing box boxed boxes wrapped wrapping bag bags 包装 盒 箱 盒装 箱装
    包裹 袋装 打包 礼盒装
refund: refund refunds refunded return returned replace replaced compensation 退 退款 退货 赔 包赔 售后 换货
    赔付
again: again repurchase rebuy recommend 回购 再买 复购 推荐 还会买
cook: cook cooking cooked boil boiled fry fried steam steamed bake baked roast recipe recipes soup 煮 炒 蒸 烤
    烹饪 怎么做 做法 炖 做菜 煲汤 煎 炸
raw: raw uncooked 生吃 直接吃 即食
eat: eat eaten eating 吃 怎么吃 吃法
drink: drink drinking drinks brew 喝 泡 冲 冲泡
cold: fridge refrigerate refrigerated refrigerator freeze freezer frozen chilled cold ice 冰箱 冷藏 冷冻 冻 冰
    冰冻 冷链
warm: heat heated reheat warm microwave oven 加热 热 微波炉 烤箱 复热
additive: additive additives preservative preservatives artificial colouring ingredients ingredient 添加剂
    防腐剂 色素 成分 配料 配料表 香精
sugar: sugar sugars calories calorie 糖 糖分 热量 卡路里 加糖 含糖
colour: colour color colours colors 颜色 色
wash: wash washed washing clean dirty muddy 洗 清洗 干净 脏 泥
real: genuine authentic real fake original 正品 真 假 假货 真的 正宗 真假
differ: difference different differ differs compared compare versus variety kind type 区别 不同 差别 对比 相比
    品种 种类 哪种
market: supermarket supermarkets market shop shops store's 超市 市场 菜场 店里 外面
photo: photo photos picture pictures looks look pictured 图片 照片 实物 图 样子 看起来
enough: enough people persons servings serve portion portions 够 够吃 几个人 人份 几顿
instruct: use used using work works assemble install instructions 用 使用 用法 怎么用 说明 安装
durable: durable sturdy quality strong tear 质量 耐用 结实 牢固 品质
fit: fit fits wear sizes waist length 合身 尺码 码 偏大 偏小 长度
left: stock left available sold remaining 有货 剩 库存 还有货 没货
season: season seasonal year harvest batch crop 季节 应季 今年 去年 这批 上次 批次 新米 陈
skin_care: irritate sensitive dermatitis rash 刺激 敏感 敏感肌 伤手
foam: foam lather suds bubbles 泡沫 起泡
thick: thick thin thickness 厚 薄 厚度 浓 稠 稀
mix: mixed assorted choose choice option options 混 混装 选 挑 可选 任选
"""

_GOODS = """
orange: orange oranges mandarin mandarins tangerine clementine 橙 橙子 橘子 蜜橙 桔子 柑橘
apple: apple apples 苹果
pear: pear pears 梨 梨子 雪梨
peach: peach peaches 桃 桃子 水蜜桃
grape: grape grapes 葡萄 提子
melon: melon melons watermelon watermelons 瓜 西瓜 哈密瓜 甜瓜
berry: strawberry strawberries blueberry blueberries berry berries cherry cherries 草莓 蓝莓 樱桃 车厘子
mango: mango mangoes mangos 芒果
egg: egg eggs yolk yolks 蛋 鸡蛋 蛋黄 土鸡蛋
meat: meat beef pork chicken lamb duck steak 肉 牛肉 猪肉 鸡 鸡肉 羊肉 鸭 牛排
fish: fish shrimp shrimps prawn prawns crab crabs salmon seafood 鱼 虾 蟹 螃蟹 三文鱼 海鲜 大闸蟹
rice: rice 米 大米 米饭
noodle: noodle noodles dumpling dumplings 面条 饺子 水饺 粉丝
bread: bread loaf loaves cake cakes biscuit biscuits cookie cookies bun buns 面包 吐司 蛋糕 饼干 馒头 包子
milk: milk yoghurt yogurt cheese 牛奶 奶 酸奶 奶酪
tea: tea teas coffee 茶 茶叶 咖啡
honey: honey 蜂蜜 蜜
veg: vegetable vegetables tomato tomatoes potato potatoes cabbage carrot carrots corn mushroom mushrooms 菜 蔬菜
    番茄 西红柿 土豆 白菜 胡萝卜 玉米 蘑菇
nut: walnut walnuts almond almonds peanut peanuts chestnut chestnuts 核桃 杏仁 花生 板栗 栗子
oil_good: olive 橄榄油 菜籽油 花生油 食用油
soap: soap soaps shampoo detergent 肥皂 香皂 洗发水 洗衣液 洗洁精
paper: tissue tissues paper towel towels 纸巾 纸 毛巾 卫生纸 抽纸
"""

_STOP = """
a an the is are was were be been it its it's they them this that these those do does did can could will would
should may might i i'm you we he she my your our their his her of to in on for with and or at by from as into up
out what what's how which who whose much many any some there here have has had get gets got if about very so too
please anyone anybody someone everyone tell know think really just me us one ones not no don't doesn't isn't
aren't won't can't buy buys buying bought order ordered ordering like long after before once per each all than
then when's ok okay
吗 呢 的 是 什么 怎么样 怎样 怎么 这个 那个 这些 那些 这种 那种 这 那 它 他 她 它们 有 没有 有没有 是不是 不 会
会不会 能 能不能 可以 可不可以 请问 一下 大家 你们 我们 我 你 了 得 地 很 太 好不好 如何 都 啊 吧 呀 么 还 还是
和 或 或者 与 给 买 买过 买的 买了 人 觉得 想 问 想问 要 要不要 一 个 哪个 几 多 多少 多久 好 拿到 收到 里 里面
上 下 到底 比较 一般 就 也 把 被 对 过 天 家 谁 有人 知道 算 够不够 感觉 真 不能 没 又 再 着 去 来 适合 合适
"""


def _named(lines: str) -> dict[str, str]:
    """Word -> idea. A line that begins with a blank goes on with the idea before it."""
    found, idea = dict[str, str](), ""
    for line in lines.strip().splitlines():
        if not line.startswith(" "):
            idea, _, line = line.partition(":")  # noqa: PLW2901  # what is left of it
        found |= dict.fromkeys(line.split(), idea)
    return found


IDEAS: dict[str, str] = _named(_IDEAS)
GOODS: dict[str, str] = _named(_GOODS)
STOPS: frozenset[str] = frozenset(_STOP.split()) - IDEAS.keys() - GOODS.keys()

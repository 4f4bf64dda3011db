"""What CPython's pickle does, for the property tests: one JSON object per line in, one per line out.

{"json": [text, ...]} -> [[pickle of json.loads(text) in protocol 0, .., 5], ...]
{"typed": [value, ...]} -> [[pickle of the value in protocol 0, .., 5], ...]
{"random": seed, "count": n} -> [pickle, ...] of nested, shared and cyclic objects, by several picklers
{"loads": [pickle, ...]} -> [{"typed": ...} or {"error": class}, ...]
{"edits": [{"before": pickle, "after": pickle, "edit": {...}}, ...]} -> ["" or what differs, ...]

Pickles are base64. An edit's values are in the typed notation.
"""

import base64
import collections
import datetime
import decimal
import json
import pickle
import pickletools
import random
import sys
import uuid


class Thing:
    """A class that the app does not know."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    class Inner:
        pass


class Slug(str):
    pass


class Made:
    """Made by a call with arguments; equal state afterwards."""

    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return (Made, self.args, {"after": 1})


Point = collections.namedtuple("Point", "x y")


def build(typed):
    if isinstance(typed, list):
        return [build(item) for item in typed]
    if not isinstance(typed, dict):
        return typed
    tag, value = next(iter(typed.items()))
    if tag == "$dict":
        return {build(key): build(item) for key, item in value}
    if tag in BUILDERS:
        return BUILDERS[tag](value)
    return {"$tuple": tuple, "$set": set, "$frozenset": frozenset}[tag](build(item) for item in value)


BUILDERS = {
    "$int": int,
    "$float": float,
    "$bytes": base64.b64decode,
    "$bytearray": lambda text: bytearray(base64.b64decode(text)),
    "$datetime": lambda text: datetime.datetime.fromisoformat(text),
    "$date": lambda text: datetime.date.fromisoformat(text),
    "$time": lambda text: datetime.time.fromisoformat(text),
    "$timedelta": lambda parts: datetime.timedelta(*parts),
    "$decimal": decimal.Decimal,
    "$uuid": uuid.UUID,
    "$complex": lambda parts: complex(*(float(part) for part in parts)),
    "$ordereddict": lambda pairs: collections.OrderedDict((build(key), build(item)) for key, item in pairs),
}


def describe(value):
    """The typed notation, of plain data."""
    if isinstance(value, bool) or value is None or type(value) is str:
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 - 1 else {"$int": str(value)}
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"$" + type(value).__name__: base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [describe(item) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [describe(item) for item in value]}
    if isinstance(value, (set, frozenset)):
        ordered = sorted(value, key=lambda item: (type(item).__name__, repr(item)))
        return {"$" + type(value).__name__: [describe(item) for item in ordered]}
    if isinstance(value, collections.OrderedDict):
        return {"$ordereddict": [[describe(key), describe(item)] for key, item in value.items()]}
    if isinstance(value, dict):
        return {"$dict": [[describe(key), describe(item)] for key, item in value.items()]}
    if isinstance(value, complex):
        return {"$complex": [repr(value.real), repr(value.imag)]}
    if isinstance(value, datetime.datetime):
        tz = None if value.tzinfo is None else f"{type(value.tzinfo).__name__}:{value.tzinfo}"
        return {"$datetime": value.isoformat(), "tz": tz}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"$" + type(value).__name__: value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"$timedelta": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, decimal.Decimal):
        return {"$decimal": str(value)}
    return {"$uuid": str(value)}


def graph(root):
    """Everything there is to know about an object: types, values, order, and which of its parts are the same object."""
    numbers = {}
    kept = []

    def walk(value):
        if value is None or isinstance(value, (bool, int, bytes, complex, decimal.Decimal, uuid.UUID)) and type(value) is not Slug:
            return [type(value).__name__, repr(value)]
        if isinstance(value, (str, float)):
            return [type(value).__name__, repr(value)]
        if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, type)):
            return [type(value).__name__, repr(value), getattr(value, "fold", 0)]
        if isinstance(value, (set, frozenset)):
            return [type(value).__name__, number(value)] + sorted(json.dumps(walk(item)) for item in value)
        if id(value) in numbers:
            return ["same", numbers[id(value)]]
        head = [type(value).__name__, number(value)]
        if isinstance(value, bytearray):
            return head + [repr(value)]
        if isinstance(value, dict):
            extra = [repr(value.default_factory)] if isinstance(value, collections.defaultdict) else []
            return head + extra + [[walk(key), walk(item)] for key, item in value.items()]
        if isinstance(value, (list, tuple, collections.deque)):
            extra = [repr(value.maxlen)] if isinstance(value, collections.deque) else []
            return head + extra + [walk(item) for item in value]
        return head + [walk(value.__dict__)]

    def number(value):
        if type(value) is tuple and not value or isinstance(value, frozenset):
            return 0
        kept.append(value)
        return numbers.setdefault(id(value), len(numbers) + 1)

    return walk(root)


def children(value):
    """The children of a value in the order of the app's view."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple, collections.deque)):
        return list(value)
    if isinstance(value, Thing):
        return [value.__dict__] if value.__dict__ else []
    return []


def replaced(value, index, item):
    """`value` with another child, changed in place where Python can."""
    if isinstance(value, dict):
        value[list(value)[index]] = item
    elif isinstance(value, (list, collections.deque)):
        value[index] = item
    elif isinstance(value, tuple):
        changed = list(value)
        changed[index] = item
        return type(value)(*changed) if hasattr(value, "_fields") else tuple(changed)
    return value


def apply(root, edit):
    def put(value, path, item):
        if not path:
            return item
        old = children(value)[path[0]]
        new = put(old, path[1:], item)
        return value if new is old and path[1:] else replaced(value, path[0], new)

    path = edit["path"]
    if edit["op"] == "set":
        return put(root, path, build(edit["value"]))
    target = root
    for index in path if edit["op"] == "add" else path[:-1]:
        target = children(target)[index]
    if edit["op"] == "add":
        add(target, edit)
    elif edit["op"] == "remove":
        if isinstance(target, dict):
            del target[list(target)[path[-1]]]
        else:
            del target[path[-1]]
    else:
        rename(target, path[-1], build(edit["key"]))
    return root


def add(target, edit):
    value = build(edit["value"])
    at = edit.get("at")
    if isinstance(target, dict):
        after = [] if at is None else list(target.items())[at:]
        for key, _ in after:
            del target[key]
        target[build(edit["key"])] = value
        for key, item in after:
            target[key] = item
    elif isinstance(target, set):
        target.add(value)
    elif at is None:
        target.append(value)
    else:
        target.insert(at, value)


def rename(target, index, key):
    items = list(target.items())
    target.clear()
    for place, (old, value) in enumerate(items):
        target[key if place == index else old] = value


def random_value(rng, depth, pool):
    if pool and rng.random() < 0.12:
        return rng.choice(pool)
    if depth <= 0 or rng.random() < 0.35:
        return random_leaf(rng)
    make = rng.choice(CONTAINERS)
    value = make(rng, lambda: random_value(rng, depth - 1, pool))
    pool.append(value)
    return value


WORDS = ["a", "b", "_auth_user_id", "cart", "", "1", "\ud800", "\u4e2d", "x" * 300, "key", "\x00\n\\'\""]


def random_leaf(rng):
    return rng.choice(
        [
            lambda: rng.choice(WORDS),
            lambda: rng.choice(WORDS) + rng.choice(WORDS),
            lambda: rng.choice([0, 1, -1, 255, 256, 65535, 65536, 2**31, -(2**31), 2**63, -(2**200), 10**40]),
            lambda: rng.choice([0.0, -0.0, 1.5, float("nan"), float("inf"), 1e300, 5e-324]),
            lambda: rng.choice([None, True, False]),
            lambda: rng.choice([b"", b"a", b"\x00\xff" * 150, bytearray(b"xy"), bytearray()]),
            lambda: datetime.datetime(2024, 2, 29, 1, 2, 3, rng.choice([0, 999999]), tzinfo=rng.choice([None, datetime.timezone.utc])),
            lambda: rng.choice([datetime.date(1, 1, 1), datetime.time(23, 59), datetime.timedelta(-1, 5), decimal.Decimal("1.10")]),
            lambda: uuid.UUID(int=rng.getrandbits(128)),
            lambda: complex(1, -2),
            lambda: Slug("slug"),
            lambda: rng.choice([set(), {1, "a"}, {2.5}, frozenset({1}), frozenset()]),
            lambda: rng.choice([int, dict, Thing, Thing.Inner]),
        ]
    )()


def random_key(rng):
    return rng.choice([lambda: rng.choice(WORDS), lambda: rng.randrange(300), lambda: (1, rng.choice(WORDS)), lambda: b"k", lambda: None])()


def entries(rng, item):
    return {random_key(rng): item() for _ in range(rng.choice([0, 1, 2, 3, 5]))}


CONTAINERS = [
    lambda rng, item: entries(rng, item),
    lambda rng, item: entries(rng, item),
    lambda rng, item: [item() for _ in range(rng.choice([0, 1, 2, 4]))],
    lambda rng, item: [item() for _ in range(rng.choice([1, 3]))],
    lambda rng, item: tuple(item() for _ in range(rng.choice([0, 1, 2, 3, 4]))),
    lambda rng, item: collections.OrderedDict(entries(rng, item)),
    lambda rng, item: collections.defaultdict(list, entries(rng, item)),
    lambda rng, item: collections.deque((item() for _ in range(rng.choice([0, 1, 3]))), maxlen=rng.choice([None, 50])),
    lambda rng, item: Thing(**{f"n{index}": item() for index in range(rng.choice([0, 1, 3]))}),
    lambda rng, item: Made(item(), item()),
    lambda rng, item: Point(item(), item()),
]


def close_circles(rng, pool):
    """Lets some objects hold others that hold them; not those whose arguments would lead back to them before they exist."""
    plain = [value for value in pool if isinstance(value, (list, dict, Thing)) and not isinstance(value, collections.OrderedDict)]
    for _ in range(rng.choice([0, 0, 1, 2])):
        if not plain:
            return
        target = rng.choice(plain)
        other = rng.choice([value for value in pool if not isinstance(value, Made)] or plain)
        if isinstance(target, list):
            target.append(other)
        elif isinstance(target, Thing):
            target.back = other
        else:
            target["back"] = other


def random_pickle(rng):
    while True:
        pool = []
        root = {f"key{index}": random_value(rng, 4, pool) for index in range(rng.choice([1, 3, 6]))}
        pool.append(root)
        close_circles(rng, pool)
        try:
            data = dump(rng, root)
            loaded = pickle.loads(data)
            if json.dumps(graph(loaded)) == json.dumps(graph(root)):
                return data
        except (RecursionError, TypeError, AttributeError):
            pass  # a circle that Python itself cannot pickle


def dump(rng, root):
    protocol = rng.randrange(6)
    way = rng.randrange(4)
    if way == 0:
        return pickle._dumps(root, protocol)
    if way == 1:
        return pickletools.optimize(pickle.dumps(root, protocol))
    if way == 2:
        return pickle.dumps(root, protocol) + rng.choice([b"", b"trailing"])
    return pickle.dumps(root, protocol)


def encode(data):
    return base64.b64encode(data).decode()


def attempt(work):
    try:
        return work()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def compare(case):
    try:
        expected = json.dumps(graph(apply(pickle.loads(base64.b64decode(case["before"])), case["edit"])))
        found = json.dumps(graph(pickle.loads(base64.b64decode(case["after"]))))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "" if expected == found else f"expected {expected}\nfound    {found}"


def all_protocols(value):
    return [encode(pickle.dumps(value, protocol)) for protocol in range(6)]


def answer(request):
    if "json" in request:
        return [all_protocols(json.loads(text)) for text in request["json"]]
    if "typed" in request:
        return [all_protocols(build(typed)) for typed in request["typed"]]
    if "random" in request:
        rng = random.Random(request["random"])
        return [encode(random_pickle(rng)) for _ in range(request["count"])]
    if "loads" in request:
        return [attempt(lambda: {"typed": describe(pickle.loads(base64.b64decode(data)))}) for data in request["loads"]]
    return [compare(case) for case in request["edits"]]


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

"""What CPython's json does, for the property tests: one JSON object per line in, one per line out.

{"dumps": [typed, ...], "separators": [",", ":"]} -> [{"text": ...} or {"error": class}, ...]
{"loads": [text, ...]} -> [{"typed": ...} or {"error": class}, ...]
{"repr": [hex of a double, ...]} -> [repr, ...]
"""

import json
import struct
import sys


def build(typed):
    if isinstance(typed, list):
        return [build(item) for item in typed]
    if not isinstance(typed, dict):
        return typed
    if "$int" in typed:
        return int(typed["$int"])
    if "$float" in typed:
        return float(typed["$float"])
    if "$tuple" in typed:
        return tuple(build(item) for item in typed["$tuple"])
    return {build(key): build(value) for key, value in typed["$dict"]}


def describe(value):
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 - 1 else {"$int": str(value)}
    if isinstance(value, list):
        return [describe(item) for item in value]
    return {"$dict": [[key, describe(item)] for key, item in value.items()]}


def attempt(work):
    try:
        return work()
    except Exception as error:
        return {"error": type(error).__name__}


def answer(request):
    if "dumps" in request:
        separators = tuple(request["separators"])
        return [attempt(lambda: {"text": json.dumps(build(typed), separators=separators)}) for typed in request["dumps"]]
    if "loads" in request:
        return [attempt(lambda: {"typed": describe(json.loads(text))}) for text in request["loads"]]
    return [repr(struct.unpack(">d", bytes.fromhex(digits))[0]) for digits in request["repr"]]


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

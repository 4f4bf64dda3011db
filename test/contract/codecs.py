"""What CPython's own codecs make of bytes: JSON lines in, JSON lines out. Data is base64."""
import base64
import datetime
import gzip
import json
import lzma
import sys
import zlib
import zoneinfo

import lz4.frame
import msgpack
import zstandard


def op_compress(request):
    data = base64.b64decode(request["data"])
    options = request.get("options", {})
    packed = {
        "zlib": lambda: zlib.compress(data, **options),
        "gzip": lambda: gzip.compress(data, **options),
        "lzma": lambda: lzma.compress(data, **options),
        "lz4": lambda: lz4.frame.compress(data, **options),
        "zstd": lambda: zstandard.ZstdCompressor(**options).compress(data),
    }[request["format"]]()
    return base64.b64encode(packed).decode()


def op_decompress(request):
    data = base64.b64decode(request["data"])
    plain = {
        "zlib": zlib.decompress,
        "gzip": gzip.decompress,
        "lzma": lzma.decompress,
        "lz4": lz4.frame.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
    }[request["format"]](data)
    return base64.b64encode(plain).decode()


def op_msgpack_loads(request):
    """As django-redis reads it; `repr` tells int from float and str from bytes."""
    return repr(msgpack.loads(base64.b64decode(request["data"]), raw=False, strict_map_key=False, timestamp=0))


def op_msgpack_dumps(request):
    return base64.b64encode(msgpack.dumps(eval(request["expression"], {}))).decode()


def op_fromisoformat(request):
    return datetime.datetime.fromisoformat(request["text"]).isoformat()


def op_parse_datetime(request):
    """Debian's own Django; `version` says which."""
    from django.utils.dateparse import parse_datetime

    parsed = parse_datetime(request["text"])
    return "None" if parsed is None else parsed.isoformat()


def op_version(request):
    import django

    return django.__version__


def op_moments_of_local(request):
    """Microseconds since the epoch of naive local times, as zoneinfo takes them with fold=0."""
    zone = zoneinfo.ZoneInfo(request["zone"])
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    moments = [datetime.datetime.fromisoformat(text).replace(tzinfo=zone) - epoch for text in request["texts"]]
    return json.dumps([moment // datetime.timedelta(microseconds=1) for moment in moments])


def op_locals_of_moment(request):
    zone = zoneinfo.ZoneInfo(request["zone"])
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    moments = [epoch + datetime.timedelta(microseconds=int(moment)) for moment in request["moments"]]
    return json.dumps([moment.astimezone(zone).isoformat() for moment in moments])


OPERATIONS = {name[3:]: function for name, function in list(globals().items()) if name.startswith("op_")}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ok": True, "value": OPERATIONS[request["op"]](request)}
    except Exception as error:
        answer = {"ok": False, "error": type(error).__name__, "message": str(error)}
    print(json.dumps(answer), flush=True)

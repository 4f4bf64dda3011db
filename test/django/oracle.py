"""Real Django, asked over standard input: one JSON request per line, one JSON answer per line.

The first request must be {"op": "configure", "settings": {...}}; settings are Django's own, and what is missing gets
the defaults below. An argument is the folder of another Django than the installed one. Every answer is {"ok": true, ...} or {"ok": false, "error": class, "message": text}.
`now` (epoch seconds) in any request freezes Django's clock from then on; null lets it run again.
"""
import datetime
import json
import os
import sys
import time
import warnings
from importlib import import_module

REAL_TIME = time.time
ENGINES = {name: "django.contrib.sessions.backends." + name for name in ("db", "cache", "file", "cached_db", "signed_cookies")}


def op_configure(settings, **_):
    """Settings by name; SESSION_ENGINE may be the short name, DATABASES.default.ENGINE too."""
    import django
    from django.conf import settings as target
    values = {
        "SECRET_KEY": "oracle", "USE_TZ": True, "TIME_ZONE": "UTC", "ALLOWED_HOSTS": ["*"], "LOGGING_CONFIG": None,
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        **settings,
    }
    values["SESSION_ENGINE"] = ENGINES.get(values.get("SESSION_ENGINE", "db"), values.get("SESSION_ENGINE"))
    for database in values["DATABASES"].values():
        if "." not in database["ENGINE"]:
            database["ENGINE"] = "django.db.backends." + database["ENGINE"]
    target.configure(**values)
    # Loading a settings module sets the zone of the process; settings.configure() does not.
    os.environ["TZ"] = values["TIME_ZONE"]
    time.tzset()
    django.setup()
    return {"django": django.get_version()}


def freeze(now):
    from django.conf import settings
    from django.utils import timezone
    zone = datetime.timezone.utc if settings.USE_TZ else None
    time.time = REAL_TIME if now is None else lambda: now

    def frozen():
        return datetime.datetime.fromtimestamp(time.time(), tz=zone)
    timezone.now = frozen
    import django.core.cache.backends.db as database_cache
    if hasattr(database_cache, "tz_now"):
        database_cache.tz_now = frozen


def engine():
    from django.conf import settings
    return import_module(settings.SESSION_ENGINE).SessionStore


def op_migrate(cachetable=False, **_):
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    if cachetable:
        call_command("createcachetable", verbosity=0)
    return {}


def apply_expiry(session, expiry):
    """{"seconds": n} | {"moment": isoformat} | {"default": true}"""
    if "seconds" in expiry:
        session.set_expiry(expiry["seconds"])
    elif "moment" in expiry:
        session.set_expiry(datetime.datetime.fromisoformat(expiry["moment"]))
    else:
        session.set_expiry(None)


def op_create(session_key, data=None, json_text=None, expiry=None, **_):
    """A new session with `data`, or what `json_text` is; `expiry` as in apply_expiry(), which is part of the data afterwards."""
    session = engine()(session_key)
    session._session_cache = dict(data) if json_text is None else json.loads(json_text)
    if expiry is not None:
        apply_expiry(session, expiry)
    session.save(must_create=True)
    return {"expire_date": session.get_expiry_date().isoformat()}


def op_save(session_key, data, expiry=None, **_):
    """As a request does it: load, replace the data, save."""
    session = engine()(session_key)
    session.load()
    if session.session_key is None:
        raise LookupError("Django does not load this session")
    session._session_cache = dict(data)
    if expiry is not None:
        apply_expiry(session, expiry)
    session.save()
    return {"expire_date": session.get_expiry_date().isoformat()}


def op_load(session_key, **_):
    """`accepted` is false where Django starts an empty session with another key."""
    session = engine()(session_key)
    data = session.load()
    session._session_cache = data
    answer = {"accepted": session.session_key == session_key, **told(data)}
    if data or session.session_key is not None:
        answer["expire_date"] = session.get_expiry_date().isoformat()
        answer["expiry_age"] = session.get_expiry_age()
        answer["browser_close"] = session.get_expire_at_browser_close()
    return answer


def op_decode(text, **_):
    return told(engine()().decode(text))


def op_encode(json_text, **_):
    """What this Django stores for the data that this JSON text is."""
    return {"text": engine()().encode(json.loads(json_text))}


def op_cookie_loads(value, max_age=None, **_):
    """A cookie of the signed_cookies engine; raises as django.core.signing.loads() does."""
    from django.core import signing
    return told(signing.loads(value, salt="django.contrib.sessions.backends.signed_cookies", max_age=max_age))


def op_cookie_dumps(json_text, **_):
    from django.core import signing
    return {"value": signing.dumps(json.loads(json_text), salt="django.contrib.sessions.backends.signed_cookies", compress=True)}


def told(data):
    """`json` and `repr` say what `data` loses on its way through another JSON: 1.0, big integers, NaN, tuples."""
    return {"data": data if is_json(data, allow_nan=False) else None, "repr": repr(data),
            "json": json.dumps(data, separators=(",", ":")) if is_json(data) else None}


def is_json(data, **options):
    try:
        json.dumps(data, **options)
    except (TypeError, ValueError):
        return False
    return True


def op_exists(session_key, **_):
    return {"exists": engine()(session_key).exists(session_key)}


def op_delete(session_key, **_):
    engine()(session_key).delete(session_key)
    return {}


def op_clear_expired(**_):
    engine().clear_expired()
    return {}


def op_create_user(username, password, email="", is_active=True, **_):
    from django.contrib.auth.models import User
    user = User.objects.create_user(username, email, password)
    if not is_active:
        User.objects.filter(pk=user.pk).update(is_active=False)
    return {"id": user.pk, "password": User.objects.get(pk=user.pk).password, "hash": user.get_session_auth_hash()}


def op_set_password(id, password, **_):
    from django.contrib.auth.models import User
    user = User.objects.get(pk=id)
    user.set_password(password)
    user.save()
    return {}


def op_login(username, password, **_):
    """A session as login() makes it."""
    from django.contrib.auth import authenticate, login
    from django.test import RequestFactory
    request = RequestFactory().get("/")
    request.session = engine()()
    user = authenticate(request, username=username, password=password)
    if user is None:
        raise LookupError("authenticate() refused")
    login(request, user)
    request.session.save()
    return {"session_key": request.session.session_key}


def op_request(session_key, **_):
    """SessionMiddleware and AuthenticationMiddleware: who is it, and what became of the session?"""
    from django.conf import settings
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import HttpResponse
    from django.test import RequestFactory
    seen = {}

    def view(request):
        seen["user"] = str(request.user.pk) if request.user.is_authenticated else None
        seen["data"] = dict(request.session.items())
        return HttpResponse("")
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = session_key
    SessionMiddleware(AuthenticationMiddleware(view))(request)
    return {**seen, "session_key": request.session.session_key}


def op_sql(sql, params=(), **_):
    """One statement over Django's own connection; rows come back as JSON, what JSON cannot hold as text."""
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) if params else None)
        rows = cursor.fetchall() if cursor.description else []
    return {"rows": [[value if isinstance(value, (int, float, str, type(None))) else str(value) for value in row] for row in rows]}


def op_begin(**_):
    """Leaves a transaction of Django's open, so that what it touches stays locked until `rollback`."""
    from django.db import transaction
    transaction.set_autocommit(False)
    return {}


def op_count_up(session_key, times, **_):
    """Adds 1 to `site` of the session, `times` times. Django's own save() overwrites what came meanwhile: the row is locked first."""
    from django.contrib.sessions.models import Session
    from django.db import transaction
    for _ in range(times):
        with transaction.atomic():
            Session.objects.filter(session_key=session_key).update(session_key=session_key)
            session = engine()(session_key)
            session["site"] = session.get("site", 0) + 1
            session.save()
    return {"times": times}


def op_rollback(**_):
    from django.db import transaction
    transaction.rollback()
    transaction.set_autocommit(True)
    return {}


def op_run(code, **_):
    """Runs code as manage.py shell does; `value` tells of its last line where that is an expression."""
    import ast
    body = ast.parse(code).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    names = {"__name__": "__console__"}
    exec(compile(ast.Module(body, []), "<shell>", "exec"), names)
    return {"value": None if last is None else told(eval(compile(ast.Expression(last.value), "<shell>", "eval"), names))}


OPS = {name[3:]: function for name, function in list(globals().items()) if name.startswith("op_")}


def answer_to(request):
    try:
        if "now" in request:
            freeze(request["now"])
        return {"ok": True, **OPS[request["op"]](**{name: value for name, value in request.items() if name not in ("op", "now")})}
    except Exception as error:
        return {"ok": False, "error": type(error).__name__, "message": str(error)}


def main():
    warnings.simplefilter("ignore")
    sys.path[:0] = sys.argv[1:2]
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

/**
 * What the project's own Python is asked. Its arguments: the settings module, and the seconds after which it ends itself.
 * What the project prints goes to standard error; the answer is one line of JSON on standard output. Every Python 3, every Django.
 */
export const PYTHON_SCRIPT = String.raw`
import os, sys
out = os.fdopen(os.dup(1), "w", encoding="ascii")
os.dup2(2, 1)
import json
try:
    import signal
    signal.alarm(int(sys.argv[2]))
except (ImportError, AttributeError):
    pass
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
NAMES = """SECRET_KEY SECRET_KEY_FALLBACKS SESSION_ENGINE SESSION_CACHE_ALIAS SESSION_FILE_PATH SESSION_SERIALIZER SESSION_COOKIE_NAME
SESSION_COOKIE_AGE SESSION_COOKIE_PATH SESSION_COOKIE_DOMAIN SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE
SESSION_EXPIRE_AT_BROWSER_CLOSE SESSION_SAVE_EVERY_REQUEST USE_TZ TIME_ZONE DATABASES CACHES AUTH_USER_MODEL""".split()

def plain(value, depth=0):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict) and depth < 6:
        return {str(key): plain(inner, depth + 1) for key, inner in list(value.items())[:500]}
    if isinstance(value, (list, tuple, set, frozenset)) and depth < 6:
        return [plain(inner, depth + 1) for inner in list(value)[:500]]
    return str(value)

answer = {"settings": {}, "notes": []}
try:
    import django
    from django.conf import settings
    answer["version"] = ".".join(str(part) for part in django.VERSION[:2])
    for name in NAMES:
        if hasattr(settings, name):
            answer["settings"][name] = plain(getattr(settings, name))
except BaseException as error:
    answer["error"] = type(error).__name__ + ": " + str(error)[:500]
else:
    try:
        django.setup()
        from importlib import import_module
        store = import_module(settings.SESSION_ENGINE).SessionStore
        kinds = [kind.__module__.rpartition(".")[2] for kind in store.__mro__ if kind.__module__.startswith("django.contrib.sessions.backends.")]
        answer["engine"] = kinds[0] if kinds else None
        answer["store_class"] = getattr(store, "__qualname__", store.__name__)
        answer["cache_key_prefix"] = getattr(store, "cache_key_prefix", None)
        if hasattr(store, "get_model_class"):
            from django.db import router
            model = store.get_model_class()
            answer["session_table"] = model._meta.db_table
            answer["database"] = router.db_for_read(model)
        from django.contrib.auth import get_user_model
        user = get_user_model()
        columns = {field.name: field.column for field in user._meta.concrete_fields}
        answer["user"] = {
            "table": user._meta.db_table, "id": user._meta.pk.column, "username": columns.get(user.USERNAME_FIELD),
            "email": columns.get(getattr(user, "EMAIL_FIELD", "email") or "email", ""), "password": columns.get("password", ""),
            "is_active": columns.get("is_active", ""),
        }
    except Exception as error:
        answer["notes"].append("The apps did not load (" + type(error).__name__ + ": " + str(error)[:300] + "): only the settings are known.")
out.write(json.dumps(answer) + "\n")
out.flush()
# Threads that the project started would keep it running.
os._exit(0)
`;

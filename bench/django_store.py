"""Django's side of bench/store.ts: fills a store, and does with it what Django does.

    django_store.py SETTINGS     SETTINGS: JSON with SESSION_ENGINE and DATABASES, CACHES or SESSION_FILE_PATH

A line of JSON on stdin is a command, a line of JSON on stdout its answer with the seconds it took and the peak memory.
"""
import json
import os
import random
import resource
import sys
import time
from datetime import datetime, timedelta, timezone as zone

from django.conf import settings

SETTINGS = json.loads(sys.argv[1])
settings.configure(SECRET_KEY='django-insecure-benchmark-key', USE_TZ=True, LOGGING_CONFIG=None,
                   INSTALLED_APPS=['django.contrib.sessions'], DEFAULT_AUTO_FIELD='django.db.models.AutoField', **SETTINGS)
import django  # noqa: E402

django.setup()
import logging  # noqa: E402
from importlib import import_module  # noqa: E402

from django.contrib.sessions.backends.db import SessionStore as DbStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core import signing  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

logging.disable(logging.CRITICAL)
CODEC = DbStore()
ENGINE = import_module(SETTINGS['SESSION_ENGINE'])
ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
USERS = 5000


def session(chance):
    """60 % visitors, 35 % members, 5 % with twenty kilobytes of cart."""
    kind = chance.random()
    data = {'ref': '%016x' % chance.getrandbits(64), 'n': chance.randint(0, 10 ** 6), 'ratio': round(chance.random(), 6)}
    if kind > 0.6:
        data = {'_auth_user_id': str(chance.randint(1, USERS)), '_auth_user_backend': 'django.contrib.auth.backends.ModelBackend',
                '_auth_user_hash': '%064x' % chance.getrandbits(256), **data}
    if kind > 0.95:
        data['cart'] = {str(chance.randint(1, 10 ** 6)): {'qty': n % 5, 'price': '%.2f' % chance.uniform(1, 99), 'title': 'Produit n° %d' % n} for n in range(260)}
        if chance.random() > 0.7:  # logged in after the cart was filled
            data['_auth_user_id'] = data.pop('_auth_user_id')
    return data


class Raw:
    """A serializer that takes what it is given: payloads that Django would not write."""
    def dumps(self, payload):
        return payload.encode('latin-1')


def odd(chance, number):
    """Rows that a reader in a hurry gets wrong."""
    user = str(chance.randint(1, USERS))
    payload = ['{"a":{"_auth_user_id":"%s"}}', '{"a":{"_auth_user_id":"1"},"_auth_user_id":"%s"}', '{"_auth_user_id":"1","_auth_user_id":"%s"}',
               '{"_auth\\u005fuser_id":"%s"}', '{"a":1}"_auth_user_id":"%s"', '{"_auth_user_id":"%s"', '["_auth_user_id","%s"]',
               '{"_auth_user_id":%s}', '{"a":"\\"_auth_user_id\\":\\"%s\\""}'][number % 9] % user
    return signing.dumps(payload, salt=CODEC.key_salt, serializer=Raw, compress=True)


def rows(count, seed, expired):
    chance = random.Random(seed)
    now = datetime.now(zone.utc)
    for number in range(count):
        key = ''.join(chance.choice(ALPHABET) for _ in range(32))
        text = odd(chance, number) if number % 211 == 3 else CODEC.encode(session(chance))
        if number % 500 == 7:  # one character changed
            place = chance.randint(0, len(text) - 1)
            text = text[:place] + ('A' if text[place] != 'A' else 'B') + text[place + 1:]
        if number % 1013 == 11:  # cut
            text = text[:chance.randint(0, len(text))]
        # Nothing expires while the benchmark runs.
        end = now + timedelta(seconds=chance.randint(86400, 1209600)) * (-1 if chance.random() < expired else 1)
        yield key, text, end


def fill(count, seed, expired):
    if 'file' in SETTINGS['SESSION_ENGINE']:
        return fill_files(count, seed, expired)
    call_command('migrate', verbosity=0)
    batch = []
    for key, text, end in rows(count, seed, expired):
        batch.append(Session(session_key=key, session_data=text, expire_date=end))
        if len(batch) == 1000:
            Session.objects.bulk_create(batch)
            batch = []
    Session.objects.bulk_create(batch)
    if connection.vendor != 'sqlite':
        with connection.cursor() as cursor:
            cursor.execute('analyze django_session' if connection.vendor == 'postgresql' else 'analyze table django_session')


def fill_files(count, seed, expired):
    for key, text, end in rows(count, seed, expired):
        try:  # clear_expired of Django 3.2 ends at the first file that it cannot decode
            if not isinstance(CODEC.decode(text), dict):
                continue
        except ValueError:
            continue
        path = os.path.join(SETTINGS['SESSION_FILE_PATH'], 'sessionid' + key)
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)
        moment = end.timestamp() - 1209600
        os.utime(path, (moment, moment))


def find(user):
    return sorted(row.session_key for row in Session.objects.iterator() if user_of(decoded(row)) == user)


def decoded(row):
    """Django 3.2 raises for some damaged rows where a loop over a store must go on."""
    try:
        return row.get_decoded()
    except ValueError:
        return {}


def user_of(data):
    """A payload need not be a dict; a user is a str, and was an int before Django 1.8."""
    user = data.get('_auth_user_id') if isinstance(data, dict) else None
    return str(user) if isinstance(user, (str, int)) else None


def faulty():
    """Every session decoded and verified; the answer is which of them are not the session that was stored."""
    empty = []
    for row in Session.objects.iterator():
        data = decoded(row)
        if not data or not isinstance(data, dict):
            empty.append(row.session_key)
    return sorted(empty)


def clear():
    ENGINE.SessionStore.clear_expired()


def left():
    if 'file' in SETTINGS['SESSION_ENGINE']:
        return sorted(name[9:] for name in os.listdir(SETTINGS['SESSION_FILE_PATH']))
    return sorted(Session.objects.values_list('session_key', flat=True))


def write(seconds):
    """A site at work: one session saved after the other, with the five seconds that Django's SQLite waits for a lock."""
    keys = list(Session.objects.filter(expire_date__gt=datetime.now(zone.utc)).values_list('session_key', flat=True)[:200])
    until, waits, failed = time.perf_counter() + seconds, [], 0
    while time.perf_counter() < until and not os.path.exists(SETTINGS['DATABASES']['default']['NAME'] + '.stop'):
        started = time.perf_counter()
        try:
            Session.objects.filter(session_key=random.choice(keys)).update(expire_date=datetime.now(zone.utc) + timedelta(days=9))
        except django.db.OperationalError:
            failed += 1
        waits.append(time.perf_counter() - started)
        time.sleep(0.01)
    return {'writes': len(waits), 'failed': failed, 'longest': max(waits, default=0)}


COMMANDS = {'fill': fill, 'find': find, 'faulty': faulty, 'clear': clear, 'left': left, 'write': write}
for line in sys.stdin:
    command = json.loads(line)
    started = time.perf_counter()
    answer = COMMANDS[command['do']](*command.get('args', []))
    seconds = time.perf_counter() - started
    print(json.dumps({'seconds': seconds, 'answer': answer, 'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)

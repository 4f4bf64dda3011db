"""Django's side of bench/decode.ts: makes the rows, and decodes them when told to.

    django_decode.py make FILE ROWS SEED     one session_data a line
    django_decode.py decode FILE             a line on stdin starts a round, a JSON line answers it
"""
import hashlib
import json
import random
import sys
import time

from django.conf import settings

KEY = 'django-insecure-benchmark-key'
settings.configure(SECRET_KEY=KEY, USE_TZ=True, LOGGING_CONFIG=None, INSTALLED_APPS=['django.contrib.sessions'])
import django  # noqa: E402

django.setup()
import logging  # noqa: E402

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

logging.disable(logging.CRITICAL)


def session(chance):
    """60 % visitors, 35 % members, 5 % with twenty kilobytes of cart: the mix of docs/performance.md."""
    kind = chance.random()
    data = {'ref': '%016x' % chance.getrandbits(64), 'n': chance.randint(0, 10 ** 6), 'ratio': round(chance.random(), 6)}
    if kind > 0.6:
        data = {'_auth_user_id': str(chance.randint(1, 50000)), '_auth_user_backend': 'django.contrib.auth.backends.ModelBackend',
                '_auth_user_hash': '%064x' % chance.getrandbits(256), **data}
    if kind > 0.95:
        data['cart'] = {str(chance.randint(1, 10 ** 6)): {'qty': n % 5, 'price': '%.2f' % chance.uniform(1, 99), 'title': 'Produit n° %d' % n} for n in range(260)}
    return data


def make(file, rows, seed):
    chance = random.Random(seed)
    store = SessionStore()
    with open(file, 'w', encoding='ascii') as out:
        for number in range(rows):
            text = store.encode(session(chance))
            if number % 500 == 7:  # one character changed: Django answers with an empty session
                place = len(text) // 2
                text = text[:place] + ('A' if text[place] != 'A' else 'B') + text[place + 1:]
            out.write(text + '\n')


def decode(file):
    with open(file, encoding='ascii') as lines:
        texts = lines.read().split('\n')[:-1]
    store = SessionStore()
    for _ in sys.stdin:
        started = time.perf_counter()
        decoded = [store.decode(text) for text in texts]
        seconds = time.perf_counter() - started
        digest = hashlib.sha256()
        for data in decoded:
            digest.update(json.dumps(data, separators=(',', ':')).encode('latin-1') + b'\n')
        print(json.dumps({'seconds': seconds, 'digest': digest.hexdigest(), 'django': django.get_version()}), flush=True)


if sys.argv[1] == 'make':
    make(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    decode(sys.argv[2])

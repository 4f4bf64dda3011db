"""
Makes the demo store: resources/demo/demo.sqlite3 and demo.json. Everything in it is written by real Django.

    python3 scripts/demo/make_demo.py [FOLDER THAT HOLDS django]

Needs Django 4.1 or newer (fallback keys, ISO moments in _session_expiry). The clock is frozen and the random source
seeded, so that a run is repeatable; the app moves all expire dates by the time since `made_at` when it copies the demo.
"""
import base64
import datetime
import json
import os
import pickle
import random
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'resources', 'demo')
if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])

DATABASE = os.path.join(OUT, 'demo.sqlite3')
NOW = 1793620800.25  # 2026-11-02 12:00:00.25 UTC
KEY = 'django-insecure-demo-key-of-session-inspector-not-for-any-site'
OLD_KEY = 'django-insecure-demo-key-of-last-year'
FOREIGN_KEY = 'django-insecure-key-of-another-site'
DAY = 86400

import django  # noqa: E402
from django.conf import settings  # noqa: E402

os.makedirs(OUT, exist_ok=True)
if os.path.exists(DATABASE):
    os.remove(DATABASE)
settings.configure(
    SECRET_KEY=KEY,
    SECRET_KEY_FALLBACKS=[OLD_KEY],
    USE_TZ=True,
    TIME_ZONE='UTC',
    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': DATABASE}},
    PASSWORD_HASHERS=['django.contrib.auth.hashers.PBKDF2PasswordHasher'],
    DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
)
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core import signing  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

chance = random.Random(20261102)
clock = [NOW]


def frozen_now():
    return datetime.datetime.fromtimestamp(clock[0], tz=datetime.timezone.utc)


timezone.now = frozen_now
signing.time.time = lambda: clock[0]


def at(seconds):
    """Runs what follows at this many seconds from NOW."""
    clock[0] = NOW + seconds


def new_key():
    return ''.join(chance.choice('abcdefghijklmnopqrstuvwxyz0123456789') for _ in range(32))


PEOPLE = [
    ('anna', 'Anna', 'Lindqvist'), ('bob', 'Bob', 'Okafor'), ('çelik', 'Ece', 'Çelik'), ('duc', 'Đức', 'Trần'),
    ('eve', 'Eve', 'Moreau'), ('farid', 'Farid', 'Haddad'), ('grace', 'Grace', 'Kim'), ('hiro', '宏', '田中'),
    ('ines', 'Inês', 'Carvalho'), ('jakub', 'Jakub', 'Nowák'), ('kofi', 'Kofi', 'Mensah'), ('lena', 'Lena', 'Schäfer'),
    ('wei', '伟', '王'), ('maria', 'María', 'García'), ('noor', 'Noor', 'Aziz'), ('olga', 'Ольга', 'Иванова'),
    ('pat.o-brien', 'Pat', "O'Brien"), ('quinn', 'Quinn', 'Baker'), ('rosa', 'Rosa', 'Ferrari'), ('sam', 'Sam', 'Whitaker'),
]
PRODUCTS = [('10', 'Espresso cups', '24.90'), ('2', 'Kettle', '59.00'), ('117', 'Filter papers', '4.50'), ('31', 'Hand grinder', '89.00'), ('8', 'Beans 1 kg', '21.75')]


def make_users():
    users = []
    User = get_user_model()
    for number, (username, first, last) in enumerate(PEOPLE):
        salt = 'demo%018d' % number
        users.append(User.objects.create(
            username=username, first_name=first, last_name=last, email='%s@example.org' % username.replace('ç', 'c'),
            password=make_password('demo-%d' % number, salt=salt), is_active=username != 'sam', is_staff=number < 2,
            is_superuser=number == 0, date_joined=frozen_now() - datetime.timedelta(days=400 - number),
            last_login=frozen_now() - datetime.timedelta(hours=number * 7)))
    return users


def login(data, user):
    data[SESSION_KEY] = str(user.pk)
    data[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend'
    data[HASH_SESSION_KEY] = user.get_session_auth_hash()


def shop(data, items):
    data['cart'] = {}
    for pk, title, price in chance.sample(PRODUCTS, items):
        data['cart'][pk] = {'title': title, 'price': price, 'qty': chance.randint(1, 4)}
    data['currency'] = chance.choice(['EUR', 'USD', 'CNY', 'GBP'])


def extras(data):
    if chance.random() < 0.4:
        data['recent'] = [int(pk) for pk, _, _ in chance.sample(PRODUCTS, 3)]
    if chance.random() < 0.25:
        data['ui'] = {'theme': chance.choice(['light', 'dark']), 'scale': chance.choice([1.0, 1.25, 1.5]), 'beta': False}
    if chance.random() < 0.15:
        message = [['__json_message', 0, 25, 'Order n° %d is on its way' % chance.randint(10000, 99999), '']]
        data['_messages'] = json.dumps(message)
    if chance.random() < 0.1:
        data['wizard_checkout'] = {'step': 'address', 'step_data': {'contact': {'contact-name': ['Zoë']}}, 'step_files': {}, 'extra_data': {}}


def save(written, fill, expiry='default'):
    """One session written `written` seconds from NOW."""
    at(written)
    store = SessionStore()
    store._session_key = new_key()
    store._session_cache = {}  # otherwise the first access looks the key up, finds nothing and drops it
    fill(store)
    if expiry != 'default':
        store.set_expiry(expiry)
    store.save(must_create=True)
    at(0)
    return store.session_key


def visitor(data):
    shop(data, chance.randint(1, 3))
    extras(data)


def member(user):
    def fill(data):
        login(data, user)
        if chance.random() < 0.6:
            shop(data, chance.randint(1, 4))
        extras(data)
    return fill


def make_sessions(users):
    for user in users:
        for _ in range(chance.choice([1, 1, 2, 3, 5])):
            save(-chance.randint(60, 13 * DAY), member(user))
    for _ in range(90):
        save(-chance.randint(60, 13 * DAY), visitor)
    for _ in range(60):  # ended in the last three weeks
        save(-chance.randint(15 * DAY, 35 * DAY), member(chance.choice(users)) if chance.random() < 0.3 else visitor)
    for _ in range(12):  # end with the browser
        save(-chance.randint(60, 5 * DAY), member(chance.choice(users)), 0)
    for _ in range(8):  # one hour of inactivity
        save(-chance.randint(60, 3000), member(chance.choice(users)), 3600)
    # until a moment: it stands in the signed data too, so the app leaves these rows' dates as they are
    moments = [save(-chance.randint(60, 2 * DAY), visitor, frozen_now() + datetime.timedelta(days=chance.randint(1000, 2500))) for _ in range(6)]
    save(-4000, lambda data: data.update({
        'numbers': {'one': 1.0, 'big': 123456789012345678901234567890, 'tiny': 1e-07, 'minus zero': -0.0},
        'text': {'empty': '', 'long': 'A long line that goes on. ' * 40, 'emoji': '🙂 ok', 'right to left': 'שלום', 'tab': 'a\tb'},
        'nested': {'a': {'b': {'c': {'d': [1, [2, [3, [None, True, False]]]]}}}}, '10': 'ten', '2': 'two', '__proto__': 'text'}))
    save(-5000, lambda data: data.update({'import': [{'row': n, 'sku': 'SKU-%05d' % n, 'ok': n % 7 != 0} for n in range(400)]}))
    save(-300, lambda data: data.update({'testcookie': 'worked'}))
    return moments


def special_row(text, days, key=None):
    Session.objects.create(session_key=key or new_key(), session_data=text, expire_date=frozen_now() + datetime.timedelta(days=days))


def signed(data, key, salt='django.contrib.sessions.SessionStore', written=-2 * DAY, **options):
    at(written)
    text = signing.dumps(data, key=key, salt=salt, compress=True, **options)
    at(0)
    return text


class Pickles:
    def dumps(self, value):
        return pickle.dumps(value, 4)


def make_odd_rows(users):
    data = {SESSION_KEY: str(users[4].pk), BACKEND_SESSION_KEY: 'django.contrib.auth.backends.ModelBackend', HASH_SESSION_KEY: 'x' * 64, 'plan': 'pro'}
    good = signed(data, KEY)
    special_row(good[:-1] + ('A' if good[-1] != 'A' else 'B'), 9)  # signature changed
    special_row(good[:40], 9)  # cut off
    special_row('this was never a session', 5)
    special_row(signed(data, FOREIGN_KEY), 11)  # another site's key
    special_row(signed(data, KEY, salt='django.contrib.sessions.TenantStore'), 6)  # a subclass of SessionStore
    for user in users[5:8]:  # signed before SECRET_KEY was rotated
        auth = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: 'django.contrib.auth.backends.ModelBackend',
                HASH_SESSION_KEY: user._get_session_auth_hash(secret=OLD_KEY), 'since': 'last year'}
        special_row(signed(auth, OLD_KEY, written=-12 * DAY), 2)
    changed = {SESSION_KEY: str(users[8].pk), BACKEND_SESSION_KEY: 'django.contrib.auth.backends.ModelBackend', HASH_SESSION_KEY: '0' * 64}
    special_row(signed(changed, KEY), 8)  # password changed since
    gone = {SESSION_KEY: '999', BACKEND_SESSION_KEY: 'django.contrib.auth.backends.ModelBackend', HASH_SESSION_KEY: '1' * 64}
    special_row(signed(gone, KEY), 8)  # the user was deleted
    pickled = {'when': datetime.datetime(2026, 10, 30, 9, 15, tzinfo=datetime.timezone.utc), 'point': (3, 4), 'tags': {'sale'}, 'raw': b'\x00\xff', 'note': 'written with PickleSerializer'}
    special_row(signed(pickled, KEY, serializer=Pickles), 4)
    import hashlib
    import hmac
    payload = b'{"written_by":"Django 3.0","cart":[1,2,3]}'
    digest = hmac.new(hashlib.sha1(b'django.contrib.sessionsSessionStore' + KEY.encode()).digest(), payload, hashlib.sha1).hexdigest()
    special_row(base64.b64encode(digest.encode() + b':' + payload).decode(), 3)  # the format before 3.1


def cookies(users):
    at(-3 * DAY)
    session = {SESSION_KEY: str(users[0].pk), BACKEND_SESSION_KEY: 'django.contrib.auth.backends.ModelBackend',
               HASH_SESSION_KEY: users[0].get_session_auth_hash(), 'cart': {'10': {'qty': 2, 'price': '24.90'}}, 'scale': 1.0}
    salt = 'django.contrib.sessions.backends.signed_cookies'
    samples = [
        {'label': 'signed_cookie_session', 'value': signing.dumps(session, salt=salt, compress=True)},
        {'label': 'fallback_key', 'value': signing.dumps(session, key=OLD_KEY, salt=salt, compress=True)},
        {'label': 'signing', 'value': signing.dumps({'invite': 'anna@example.org', 'role': 'editor'})},
        {'label': 'messages', 'value': signing.get_cookie_signer(salt='django.contrib.messages').sign_object(
            [['__json_message', 0, 25, 'Saved.', '']], compress=True)},
    ]
    at(0)
    return samples + [{'label': 'csrf', 'value': ''.join(chance.choice('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') for _ in range(32))}]


def main():
    call_command('migrate', verbosity=0, interactive=False)
    users = make_users()
    moments = make_sessions(users)
    make_odd_rows(users)
    samples = cookies(users)
    samples.append({'label': 'session_key', 'value': Session.objects.order_by('-expire_date').first().session_key})
    connection.close()
    database = sqlite3.connect(DATABASE)
    database.execute('VACUUM')
    database.close()
    with open(os.path.join(OUT, 'demo.json'), 'w', encoding='utf-8') as file:
        json.dump({
            'django': django.get_version(), 'made_at': frozen_now().isoformat(),
            'profile': {'DJANGO_VERSION': '%d.%d' % django.VERSION[:2], 'USE_TZ': True, 'TIME_ZONE': 'UTC', 'environment': 'development'},
            'secrets': {'SECRET_KEY': KEY, 'SECRET_KEY_FALLBACKS': [OLD_KEY]}, 'cookies': samples, 'fixed_keys': moments,
        }, file, ensure_ascii=False, indent=2)
        file.write('\n')
    print(Session.objects.count(), 'sessions,', len(samples), 'cookies')


main()

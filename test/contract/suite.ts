import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ListQuery, NextSession, SessionStore, StoredSession, WritableSessionStore } from '../../src/main/backends/base.ts';
import type { Django } from '../django/oracle.ts';

/** One engine over one real place, empty, with real Django over the same place. */
export type ContractPlace = Readonly<{
  store: WritableSessionStore;
  /** the same place as a profile marked read-only opens it */
  readOnly: SessionStore;
  django: Django;
  /** epoch milliseconds; Django's clock is frozen here where `clock` is frozen */
  now: number;
  /** server: entries expire by the server's own clock (TTLs), so no time can be tried but the present */
  clock: 'frozen' | 'server';
  /** what the site itself would store for this data, ending at `expires` (epoch milliseconds) */
  encode(data: Readonly<Record<string, unknown>>, expires: number): NextSession;
  /** everything that looking could change: bytes, times, TTLs, folder contents */
  fingerprint(): Promise<unknown>;
  /** removes every session */
  empty(): Promise<void>;
  close(): Promise<void>;
}>;

const DAY = 86_400_000;
const never = () => new AbortController().signal;
/** 32 characters as Django makes them: `number` decides the order */
const key = (number: number) => `k${String(number).padStart(31, '0')}`;

/** What every store must do, whatever is behind it. `open` starts or reaches real servers; nothing here is simulated. */
export function sessionStoreContract(name: string, open: () => Promise<ContractPlace>): void {
  describe(`${name} as a SessionStore`, () => {
    let place: ContractPlace;
    beforeAll(async () => {
      place = await open();
    });
    beforeEach(() => place.empty());
    afterAll(() => place?.close());

    const query = (change: Partial<ListQuery> = {}): ListQuery => ({
      sort: place.store.capabilities.sort[0] ?? 'session_key',
      direction: 'ascending',
      now: place.now,
      limit: 3,
      ...change,
    });
    const fill = async (count: number, expires = (number: number) => place.now + DAY + number * 1000) => {
      for (let number = 0; number < count; number += 1) {
        await place.store.create(key(number), place.encode({ number }, expires(number)), never());
      }
    };
    const get = async (session_key: string): Promise<StoredSession> => {
      const found = await place.store.get(session_key, never());
      if (found === null) throw new Error(`${session_key} is not there`);
      return found;
    };
    const at = (milliseconds: number) => (place.clock === 'frozen' ? { now: milliseconds / 1000 } : {});
    const load = (session_key: string, milliseconds = place.now) => place.django.ask('load', { session_key, ...at(milliseconds) });

    describe('looking', () => {
      test('gets what Django wrote, and null for what is not there', async () => {
        await place.django.ask('create', { session_key: key(1), data: { cart: [1, 2] }, expiry: { seconds: 3600 }, ...at(place.now) });
        const found = await get(key(1));
        expect(found.session_key).toBe(key(1));
        expect(found.stored.length).toBeGreaterThan(0);
        expect(await place.store.get(key(2), never())).toBeNull();
      });

      test('pages hold every session once', async () => {
        await fill(8);
        const pages = await listAll(place.store, query());
        expect(pages.flat().sort()).toEqual(Array.from({ length: 8 }, (_, number) => key(number)));
      });

      test('pages are in order in both directions, with ties', async () => {
        if (place.store.capabilities.list !== 'paged') return;
        await fill(9, (number) => place.now + DAY + Math.floor(number / 4) * 1000);
        for (const sort of place.store.capabilities.sort) {
          const up = (await listAll(place.store, query({ sort }))).flat();
          const down = (await listAll(place.store, query({ sort, direction: 'descending' }))).flat();
          expect(new Set(up).size, sort).toBe(9);
          expect(down, sort).toEqual(up.toReversed());
          if (sort !== 'size') expect(up, sort).toEqual(Array.from({ length: 9 }, (_, number) => key(number)));
        }
      });

      test('a page may shrink or grow between two requests: nothing else is skipped or repeated', async () => {
        if (place.store.capabilities.list !== 'paged') return;
        await fill(7);
        const first = await place.store.list(query({ sort: 'session_key' }), never());
        await place.store.delete([await get(key(1)), await get(key(2)), await get(key(4))], never());
        const rest = await listAll(
          place.store,
          query({ sort: 'session_key', ...(first.next === undefined ? {} : { cursor: first.next }) }),
        );
        expect(rest.flat()).toEqual([key(3), key(5), key(6)]);
      });

      test('a cache engine shows none of the entries of cached_db beside it', async () => {
        if (place.store.capabilities.clearExpired !== 'no-ttl') return;
        await fill(2);
        // The two prefixes differ by these characters: stored, it is the entry that cached_db makes of the rest.
        await place.store.create(`d_db${key(7)}`, place.encode({}, place.now + DAY), never());
        expect((await listAll(place.store, query())).flat().sort()).toEqual([key(0), key(1)]);
        expect((await place.store.count({ now: place.now }, true, never())).value).toBe(2);
        const scanned: string[] = [];
        for await (const block of place.store.scan(never())) scanned.push(...block.map(({ session_key }) => session_key));
        expect(scanned.sort()).toEqual([key(0), key(1)]);
      });

      test('filters by state and by the beginning of the key', async () => {
        if (place.store.capabilities.filterState && place.clock === 'frozen') {
          await fill(6, (number) => place.now + (number - 3) * 1000);
          expect((await listAll(place.store, query({ state: 'expired' }))).flat().sort()).toEqual([0, 1, 2, 3].map(key));
          expect((await listAll(place.store, query({ state: 'live' }))).flat().sort()).toEqual([4, 5].map(key));
        }
        const odd = 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk1';
        await place.store.create(odd, place.encode({}, place.now + DAY), never());
        expect((await listAll(place.store, query({ keyPrefix: 'kk' }))).flat()).toEqual([odd]);
        expect((await listAll(place.store, query({ keyPrefix: 'k%' }))).flat()).toEqual([]);
        expect((await listAll(place.store, query({ keyPrefix: 'k_' }))).flat()).toEqual([]);
      });

      test('counts what is there where it says that it can', async () => {
        await fill(5);
        if (place.store.capabilities.count !== 'exact') return;
        expect(await place.store.count({ now: place.now }, true, never())).toEqual({ value: 5, kind: 'exact' });
      });

      test('scans every session once', async () => {
        await fill(5);
        const seen: string[] = [];
        for await (const block of place.store.scan(never())) seen.push(...block.map(({ session_key }) => session_key));
        expect(seen.sort()).toEqual(Array.from({ length: 5 }, (_, number) => key(number)));
      });

      test('changes nothing', async () => {
        await fill(5);
        for (const store of [place.store, place.readOnly]) {
          const before = await place.fingerprint();
          for (const sort of store.capabilities.sort) {
            for (const direction of ['ascending', 'descending'] as const) await listAll(store, query({ sort, direction }));
          }
          for (let number = 0; number < 6; number += 1) await store.get(key(number), never());
          for await (const _ of store.scan(never()));
          await store.count({ now: place.now }, false, never());
          await store.count({ now: place.now }, true, never());
          expect(await place.fingerprint()).toEqual(before);
        }
      });

      test('stops when it is canceled', async () => {
        await fill(3);
        await expect(place.store.list(query(), AbortSignal.abort())).rejects.toMatchObject({ code: 'Canceled' });
        await expect(place.store.get(key(1), AbortSignal.abort())).rejects.toMatchObject({ code: 'Canceled' });
        const controller = new AbortController();
        const scanned = (async () => {
          for await (const _ of place.store.scan(controller.signal)) controller.abort();
          controller.signal.throwIfAborted();
        })();
        await expect(scanned).rejects.toSatisfy(
          (error: Error & { code?: string }) => error.code === 'Canceled' || error.name === 'AbortError',
        );
      });
    });

    describe('writing', () => {
      test('Django loads what was created, until it expires', async () => {
        const data = { text: 'é\u0000😀', whole: 1, float: 1.5, list: [null, true, { deep: [] }] };
        await place.store.create(key(1), place.encode(data, place.now + DAY), never());
        expect(await load(key(1))).toMatchObject({ accepted: true, data });
        if (place.clock === 'server') return;
        expect(await load(key(1), place.now + DAY - 2000)).toMatchObject({ accepted: true, data });
        expect(await load(key(1), place.now + DAY + 2000)).toMatchObject({ accepted: false });
      });

      test('create refuses a key that is there, and leaves it alone', async () => {
        await fill(2);
        const before = await place.fingerprint();
        await expect(place.store.create(key(1), place.encode({ other: 1 }, place.now + DAY), never())).rejects.toMatchObject({
          code: 'CreateError',
        });
        expect(await place.fingerprint()).toEqual(before);
      });

      test('save changes one session, and Django loads it', async () => {
        await fill(3);
        const others = [await get(key(0)), await get(key(2))];
        const saved = await place.store.save(await get(key(1)), place.encode({ changed: true }, place.now + 2 * DAY), never());
        expect(saved.stored).toEqual((await get(key(1))).stored);
        expect(await load(key(1))).toMatchObject({ accepted: true, data: { changed: true } });
        const sameAs = ({ session_key, stored, expiry }: StoredSession) => ({ session_key, stored, source: expiry.source });
        expect([await get(key(0)), await get(key(2))].map(sameAs)).toEqual(others.map(sameAs));
      });

      test('save refuses what somebody else changed since, and changes nothing', async () => {
        await fill(2);
        const seen = await get(key(1));
        await place.django.ask('save', { session_key: key(1), data: { theirs: 1 }, ...at(place.now) });
        const before = await place.fingerprint();
        await expect(place.store.save(seen, place.encode({ ours: 1 }, place.now + DAY), never())).rejects.toMatchObject({
          code: 'UpdateError',
        });
        expect(await place.fingerprint()).toEqual(before);
        expect(await load(key(1))).toMatchObject({ data: { theirs: 1 } });
      });

      test('save refuses what is gone', async () => {
        await fill(2);
        const seen = await get(key(1));
        await place.django.ask('delete', { session_key: key(1) });
        await expect(place.store.save(seen, place.encode({}, place.now + DAY), never())).rejects.toMatchObject({ code: 'UpdateError' });
        expect(await place.django.ask('exists', { session_key: key(1) })).toMatchObject({ exists: false });
      });

      test('delete takes those that are as they were seen, and says which', async () => {
        await fill(5);
        const seen = await Promise.all([0, 1, 2, 3].map((number) => get(key(number))));
        await place.django.ask('save', { session_key: key(1), data: { theirs: 1 }, ...at(place.now) });
        await place.django.ask('delete', { session_key: key(3) });
        expect([...(await place.store.delete(seen, never()))].sort()).toEqual([key(0), key(2)]);
        const there = await Promise.all([0, 1, 2, 3, 4].map((number) => place.django.ask('exists', { session_key: key(number) })));
        expect(there.map(({ exists }) => exists)).toEqual([false, true, false, false, true]);
      });

      test('says beforehand what it would run, with the values written out', async () => {
        await fill(1);
        const before = await get(key(0));
        const after = place.encode({ a: 1 }, place.now + DAY);
        const fingerprint = await place.fingerprint();
        const texts = [
          place.store.statements({ session_key: key(0), before, after }),
          place.store.statements({ session_key: key(0), before, after: null }),
          place.store.statements({ session_key: key(9), before: null, after }),
        ].map((statements) => statements.map(({ text }) => text).join('\n'));
        expect(texts[0]).toContain(key(0));
        expect(texts[1]).toContain(key(0));
        expect(texts[2]).toContain(key(9));
        expect(new Set(texts).size).toBe(3);
        expect(await place.fingerprint()).toEqual(fingerprint);
      });
    });

    describe('clear_expired', () => {
      const clear = async (limit: number, images: StoredSession[]) => {
        let deleted = 0;
        for (;;) {
          const before = async (rows: readonly StoredSession[]) => {
            for (const { session_key } of rows) expect(await place.store.get(session_key, never())).not.toBeNull();
            images.push(...rows);
          };
          const batch = await place.store.clearExpired({ now: place.now, limit, before }, never());
          expect(batch.deleted).toBeLessThanOrEqual(limit);
          deleted += batch.deleted;
          if (batch.done) return deleted;
        }
      };

      test('removes what Django removes, in batches, after handing over what it removes', async () => {
        const { clearExpired } = place.store.capabilities;
        if (clearExpired !== 'rows' && clearExpired !== 'files') return;
        const moments = (number: number) => place.now + (number - 7) * 1000;
        await fill(12, moments);
        const all = await Promise.all(Array.from({ length: 12 }, (_, number) => get(key(number))));
        await place.django.ask('clear_expired', at(place.now));
        const survivors = (await listAll(place.store, query())).flat().sort();
        await place.empty();
        for (const { session_key, stored, expiry, flags } of all) {
          await place.store.create(session_key, { stored, expiry, ...(flags === undefined ? {} : { flags }) }, never());
        }
        const images: StoredSession[] = [];
        const deleted = await clear(2, images);
        expect((await listAll(place.store, query())).flat().sort()).toEqual(survivors);
        expect(deleted).toBe(12 - survivors.length);
        expect(images.map(({ session_key }) => session_key).sort()).toEqual(
          all.map((session) => session.session_key).filter((one) => !survivors.includes(one)),
        );
        for (const image of images) expect(image.stored).toEqual(all.find(({ session_key }) => session_key === image.session_key)?.stored);
      });
    });

    describe('read-only', () => {
      test('has no way to write', () => {
        for (const method of ['save', 'create', 'delete', 'clearExpired']) expect(method in place.readOnly, method).toBe(false);
        expect(place.readOnly.capabilities.write).toBe(false);
        expect(place.store.capabilities.write).toBe(true);
      });
    });
  });
}

/** The keys of all pages, page by page, at most 100 pages. */
async function listAll(store: SessionStore, query: ListQuery): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor = query.cursor;
  for (let number = 0; number < 100; number += 1) {
    const page = await store.list({ ...query, ...(cursor === undefined ? {} : { cursor }) }, never());
    expect(page.sessions.length).toBeLessThanOrEqual(store.capabilities.list === 'paged' ? query.limit : Number.POSITIVE_INFINITY);
    pages.push(page.sessions.map(({ session_key }) => session_key));
    if (page.next === undefined) return pages;
    cursor = page.next;
  }
  throw new Error('The listing does not end');
}

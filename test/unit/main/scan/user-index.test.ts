import { expect, test } from 'vitest';
import { UserIndex } from '../../../../src/main/scan/user-index.ts';

test('the sessions of a user, in whatever piece of memory they lie', () => {
  const index = new UserIndex();
  const of = new Map<string, string[]>();
  for (let at = 0; at < 150_000; at += 1) {
    const [key, user] = [`k${at}`, String((at * 7919) % 1000)];
    index.add(key, user);
    of.set(user, [key, ...(of.get(user) ?? [])]);
  }
  for (const user of ['0', '1', '999']) expect(index.keysOf([user])).toEqual(of.get(user));
  expect(index.keysOf(['0', '1', '0'])).toEqual([...(of.get('0') ?? []), ...(of.get('1') ?? [])]);
  expect(index.keysOf(['1000'])).toEqual([]);
});

test('keys of any alphabet; those that no column holds are not remembered', () => {
  const index = new UserIndex();
  index.add('é'.repeat(20), 'Ada');
  index.add('k'.repeat(41), 'Ada');
  index.add('k'.repeat(40), 'Ada');
  expect(index.keysOf(['Ada'])).toEqual(['k'.repeat(40), 'é'.repeat(20)]);
});

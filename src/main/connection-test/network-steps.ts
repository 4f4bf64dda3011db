import { isIP } from 'node:net';
import { type Address, addressText, lookUp, reach } from '../backends/reach.ts';
import { errorData, InspectorError } from '../errors.ts';
import type { Chain } from './chain.ts';

/** The names of the servers, then whether anything listens there. Of several, one that answers is enough to go on. */
export async function networkSteps(chain: Chain, addresses: readonly Address[], signal: AbortSignal): Promise<void> {
  const hosts = [...new Set(addresses.flatMap((address) => (address.kind === 'tcp' ? [address.host] : [])))];
  if (hosts.length > 0) await chain.step('name', async () => [undefined, await passedOf(hosts, (host) => nameOf(host, signal))]);
  await chain.step('reach', async () => [
    undefined,
    await passedOf(addresses, async (address) => {
      await reach(address, signal);
      return `${addressText(address)} answers`;
    }),
  ]);
}

/** A chain has the layer `name` only where there is a name to look up. */
export function networkLayers(addresses: readonly Address[]): readonly ('name' | 'reach')[] {
  return addresses.some(({ kind }) => kind === 'tcp') ? ['name', 'reach'] : ['reach'];
}

async function nameOf(host: string, signal: AbortSignal): Promise<string> {
  if (isIP(host) !== 0) return `${host} is an address`;
  const found = await lookUp(host, signal);
  return `${host} is ${[...new Set(found)].slice(0, 4).join(', ')}`;
}

async function passedOf<T>(
  all: readonly T[],
  work: (one: T) => Promise<string>,
): Promise<Readonly<{ message: string; hint?: string; state?: 'warning' }>> {
  const results = await Promise.allSettled(all.map(work));
  const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const [first] = failed;
  const canceled = failed.find((one) => one instanceof InspectorError && one.code === 'Canceled');
  if (canceled !== undefined) throw canceled;
  if (good.length === 0) throw first;
  if (first === undefined) return { message: `${good.join('; ')}.` };
  const { message, hint } = errorData(first);
  return { state: 'warning', message: `${good.join('; ')}; but ${message}.`, ...(hint === undefined ? {} : { hint }) };
}

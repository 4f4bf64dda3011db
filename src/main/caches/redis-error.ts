import { type ErrorData, InspectorError } from '../errors.ts';
import { systemError } from './connection-error.ts';

type Mapping = readonly [pattern: RegExp, code: ErrorData['code'], message: string, hint?: string];

/** What Redis answers, by its first words. */
const REPLIES: readonly Mapping[] = [
  [/^NOAUTH/, 'LoginFailed', 'a password is required', 'Enter the password, and the user where the server has ACL users.'],
  [
    /^WRONGPASS|invalid password|invalid username-password/i,
    'LoginFailed',
    'user name or password is wrong',
    'Check USER and the password in the profile.',
  ],
  [
    /^NOPERM|ACL failure|user executing the script can't/,
    'PermissionDenied',
    'the ACL user may not do this',
    'Have the command or the keys granted (ACL SETUSER).',
  ],
  [
    /^(ERR )?(DB index is out of range|invalid DB index)|SELECT is not allowed/i,
    'MissingDatabase',
    'there is no such database number',
    'Check DB in the profile; a cluster has number 0 only.',
  ],
  [
    /READONLY|read only replica/,
    'PermissionDenied',
    'this server is a replica and takes no writes',
    'The first LOCATION must be the master. After a failover, try again.',
  ],
  [
    /OOM command/,
    'StoreFailed',
    'the server is out of memory (maxmemory) and refuses writes',
    'Free memory on the server; nothing was changed.',
  ],
  [/MISCONF/, 'StoreFailed', 'the server cannot save to its disk and refuses writes', 'See the log of the server; nothing was changed.'],
  [/^LOADING/, 'StoreFailed', 'the server is still loading its data', 'Try again in a moment.'],
  [/^BUSY/, 'Timeout', 'a script is running on the server', 'Try again in a moment.'],
  [/^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/, 'ConnectionLost', 'a part of the servers is down', 'Try again when a replica has taken over.'],
  [/cluster support disabled/, 'ImproperlyConfigured', 'the server is no node of a cluster', 'Set TOPOLOGY to “single” or “sentinel”.'],
  [/^(MOVED|ASK) /, 'ImproperlyConfigured', 'the server is a node of a cluster', 'Set TOPOLOGY to “cluster”.'],
  [/^WRONGTYPE/, 'Corrupt', 'the key holds no string', 'Cache entries are strings; somebody else uses this key.'],
  [
    /^(ERR )?unknown command/i,
    'Unsupported',
    'the server does not know a command that is needed',
    'It may be renamed or forbidden on this server.',
  ],
];

/** The driver's own words. */
const DRIVER: readonly Mapping[] = [
  [
    /All sentinels are unreachable/i,
    'ConnectionRefused',
    'no Sentinel can be reached, or none knows the master',
    'Check LOCATION (the Sentinels) and SENTINEL_MASTER.',
  ],
  [
    /Failed to refresh slots cache|None of startup nodes/i,
    'ConnectionRefused',
    'no node of the cluster answers as one',
    'Check LOCATION, and that the servers run in cluster mode.',
  ],
  [/Too many Cluster redirections/i, 'ConnectionLost', 'the cluster is being rearranged', 'Try again in a moment.'],
  [
    /Connection is closed|Command aborted|Stream isn't writeable|closed the connection/i,
    'ConnectionLost',
    'the connection was lost',
    'Try again: every action connects anew.',
  ],
];

/** @param where "Redis at host:port" */
export function redisError(thrown: unknown, where: string): InspectorError {
  if (thrown instanceof InspectorError) return thrown;
  const inner = innerError(thrown);
  const known = systemError(inner, where);
  if (known !== null) return known;
  const message = inner instanceof Error ? inner.message : String(inner);
  for (const [pattern, code, text, hint] of [...REPLIES, ...DRIVER]) {
    if (pattern.test(message))
      return new InspectorError(code, `${where}: ${text}`, { ...(hint === undefined ? {} : { hint }), cause: inner });
  }
  return new InspectorError('StoreFailed', `${where}: ${message.slice(0, 200)}`, { cause: inner });
}

/** The cluster and the Sentinel connector wrap what the nodes said, an aborted transaction what its commands did. */
function innerError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const last = 'lastNodeError' in thrown ? thrown.lastNodeError : undefined;
  if (last instanceof Error) return last;
  const [previous] =
    'previousErrors' in thrown && Array.isArray(thrown.previousErrors) ? (thrown.previousErrors as readonly unknown[]) : [];
  return previous instanceof Error ? previous : thrown;
}

/** Whether the connection is of no use after this, so that the next call makes a new one. */
export function endsConnection(error: InspectorError): boolean {
  return ['ConnectionLost', 'ConnectionRefused', 'Timeout', 'NameNotFound', 'TlsFailed'].includes(error.code) || isReplica(error);
}

function isReplica(error: InspectorError): boolean {
  return /replica/.test(error.message);
}

/** Whether this user may not do it, so that another way is worth a try. */
export function isRefused(error: InspectorError): boolean {
  return (error.code === 'PermissionDenied' && !isReplica(error)) || error.code === 'Unsupported';
}

/**
 * What the scripts tell a person. Everything goes to stderr, so that a command whose output is data (`npm run cli`)
 * keeps stdout to itself.
 */

/** Something the person can put right: printed as its message alone, without a stack. */
export class Failure extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Tells how a long step goes: one line that is rewritten in a terminal, a line every ten seconds in a log file.
 * @param {string} label
 */
export function progress(label) {
  const started = Date.now();
  let printed = started;
  let shown = '';
  const tty = process.stderr.isTTY;
  if (!tty) say(`${label} …`);
  return {
    /** @param {string} text */
    update(text) {
      const line = `${label}: ${text} (${Math.round((Date.now() - started) / 1000)} s)`;
      if (tty && line !== shown) process.stderr.write(`\r\x1b[K${line}`);
      else if (!tty && Date.now() - printed > 10_000) {
        say(line);
        printed = Date.now();
      }
      shown = line;
    },
    /** @param {string} [outcome] */
    done(outcome = 'done') {
      if (tty) process.stderr.write('\r\x1b[K');
      say(`${label}: ${outcome} (${seconds(Date.now() - started)})`);
    },
  };
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

/**
 * Runs a command's body and turns its outcome into the exit code.
 * @param {() => Promise<number | void>} body
 */
export async function main(body) {
  try {
    requireNode();
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    say(error instanceof Failure ? `\n${error.message}` : String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Failure(`Node 20.19 or newer is needed; this is ${process.version}.`);
}

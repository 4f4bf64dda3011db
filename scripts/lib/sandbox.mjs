import { readFileSync } from 'node:fs';

/**
 * Arguments for an Electron that is started from here, for development and tests. Chromium refuses to run its sandbox
 * as root, and cannot set it up where the kernel keeps user namespaces from ordinary users; a packaged app has its
 * setuid helper for that. The app's own `sandbox: true` is not touched by this.
 * @returns {string[]}
 */
export function sandboxArguments() {
  return process.platform === 'linux' && (process.getuid?.() === 0 || !hasUserNamespaces()) ? ['--no-sandbox'] : [];
}

function hasUserNamespaces() {
  return (
    setting('kernel/unprivileged_userns_clone') !== '0' &&
    setting('kernel/apparmor_restrict_unprivileged_userns') !== '1' &&
    setting('user/max_user_namespaces') !== '0'
  );
}

/** @param {string} name */
function setting(name) {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    // Not every kernel has every switch.
    return undefined;
  }
}

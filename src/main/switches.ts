/**
 * Chromium's own habits that reach for the network, switched off before the app is ready: [switch, value].
 * @param developing the Vite server must stay reachable
 */
export function networkSwitches(developing: boolean): readonly (readonly [string, string])[] {
  const quiet = [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'disable-sync',
    'disable-speech-api',
    'disable-client-side-phishing-detection',
    'dns-prefetch-disable',
    'no-default-browser-check',
    'no-first-run',
    'no-pings',
    // Without it Chromium looks for a proxy on the local network.
    'no-proxy-server',
  ];
  const features = [
    'Autofill',
    'MediaRouter',
    'OptimizationHints',
    'NetworkTimeServiceQuerying',
    'SpareRendererForSitePerProcess',
    'Translate',
  ];
  const resolver = `MAP * ~NOTFOUND${developing ? ', EXCLUDE localhost, EXCLUDE 127.0.0.1' : ''}`;
  return [...quiet.map((name) => [name, ''] as const), ['disable-features', features.join(',')], ['host-resolver-rules', resolver]];
}

import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { shippedPackages } from './shipped.mjs';

/**
 * A CycloneDX 1.6 bill of what is handed out. Without a serial number and a time, so that the same sources give the same file.
 * @param {string} electron version of the Electron that the package is made of
 */
export function sbom(electron) {
  const { name, version, license } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component(name, version, license, 'application') },
    components: [
      component('electron', electron, 'MIT', 'framework'),
      ...shippedPackages().map((one) => ({
        ...component(one.name, one.version, one.licence, 'library'),
        ...(one.integrity ? { hashes: [hashOf(one.integrity)] } : {}),
      })),
    ],
  };
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} licence an SPDX expression
 * @param {'application' | 'framework' | 'library'} type
 */
function component(name, version, licence, type) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type, 'bom-ref': purl, name, version, purl, licenses: [{ expression: licence }] };
}

/** @param {string} integrity as npm writes it: `sha512-` and base64 */
function hashOf(integrity) {
  const [algorithm = '', content = ''] = integrity.split('-', 2);
  return { alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(content, 'base64').toString('hex') };
}

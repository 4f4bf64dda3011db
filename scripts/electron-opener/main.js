/**
 * Opens the application whose folder is named on the command line, as the default app of a stock Electron does. The
 * copy of Electron from the npm registry comes without one; registry-electron.mjs puts this there.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app as electronApp } from 'electron';

/** The default app calls these as well; Electron does not document them. */
const app = /** @type {Electron.App & { setAppPath(path: string): void, setVersion(version: string): void }} */ (electronApp);

const directory = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const { name, productName, version, main } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));

app.setAppPath(directory);
app.setName(productName ?? name);
app.setVersion(version);
// Electron chose this folder from the opener's own name.
if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(app.getPath('appData'), app.getName()));

await import(pathToFileURL(join(directory, main)).href);

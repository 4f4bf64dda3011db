import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../preload/api.ts';
import { type Language, type MenuStrings, menuStrings } from './i18n/menu-strings.ts';

export type MenuOptions = Readonly<{
  language: Language;
  /** reload and developer tools: never in what is packaged */
  developerTools: boolean;
  command: (command: MenuCommand) => void;
  openDataFolder: () => void;
}>;
type Item = MenuItemConstructorOptions;

const SEPARATOR: Item = { type: 'separator' };

/** Puts the application menu in place, in the language of the settings. */
export function showMenu(options: MenuOptions): void {
  const strings = menuStrings(options.language);
  const mac = process.platform === 'darwin';
  const menus = [
    fileMenu(strings, options, mac),
    editMenu(strings, options),
    viewMenu(strings, options),
    windowMenu(strings),
    helpMenu(strings, options, mac),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(mac ? [appMenu(strings, options), ...menus] : menus));
}

function item(options: MenuOptions, label: string, command: MenuCommand, accelerator?: string): Item {
  return { id: command, label, click: () => options.command(command), ...(accelerator === undefined ? {} : { accelerator }) };
}

function appMenu(strings: MenuStrings, options: MenuOptions): Item {
  const submenu: Item[] = [
    { role: 'about', label: strings.about },
    SEPARATOR,
    item(options, strings.settings, 'settings', 'CmdOrCtrl+,'),
    SEPARATOR,
    { role: 'services', label: strings.services },
    SEPARATOR,
    { role: 'hide', label: strings.hide },
    { role: 'hideOthers', label: strings.hideOthers },
    { role: 'unhide', label: strings.showAll },
    SEPARATOR,
    { role: 'quit', label: strings.quit },
  ];
  return { label: 'Session Inspector', submenu };
}

function fileMenu(strings: MenuStrings, options: MenuOptions, mac: boolean): Item {
  const submenu = [
    item(options, strings.newProfile, 'new-profile', 'CmdOrCtrl+N'),
    item(options, strings.start, 'start', 'CmdOrCtrl+Shift+H'),
    item(options, strings.closeConnection, 'close-connection', 'CmdOrCtrl+W'),
  ];
  if (mac) return { label: strings.file, submenu };
  const own: Item[] = [item(options, strings.settings, 'settings', 'CmdOrCtrl+,'), SEPARATOR, { role: 'quit', label: strings.quit }];
  return { label: strings.file, submenu: [...submenu, SEPARATOR, ...own] };
}

function editMenu(strings: MenuStrings, options: MenuOptions): Item {
  const submenu: Item[] = [
    { role: 'undo', label: strings.undo },
    { role: 'redo', label: strings.redo },
    SEPARATOR,
    { role: 'cut', label: strings.cut },
    { role: 'copy', label: strings.copy },
    { role: 'paste', label: strings.paste },
    { role: 'selectAll', label: strings.selectAll },
    SEPARATOR,
    item(options, strings.find, 'find', 'CmdOrCtrl+F'),
  ];
  return { label: strings.edit, submenu };
}

function viewMenu(strings: MenuStrings, options: MenuOptions): Item {
  const submenu: Item[] = [
    item(options, strings.refresh, 'refresh', 'CmdOrCtrl+R'),
    SEPARATOR,
    item(options, strings.cookieLab, 'cookie-lab', 'CmdOrCtrl+L'),
    item(options, strings.activity, 'activity', 'CmdOrCtrl+Shift+A'),
    SEPARATOR,
    { role: 'resetZoom', label: strings.actualSize },
    { role: 'zoomIn', label: strings.zoomIn },
    { role: 'zoomOut', label: strings.zoomOut },
    SEPARATOR,
    { role: 'togglefullscreen', label: strings.fullScreen },
  ];
  const developing: Item[] = [
    SEPARATOR,
    { role: 'forceReload', label: strings.reload },
    { role: 'toggleDevTools', label: strings.developerTools },
  ];
  return { label: strings.view, submenu: options.developerTools ? [...submenu, ...developing] : submenu };
}

function windowMenu(strings: MenuStrings): Item {
  const submenu: Item[] = [
    { role: 'minimize', label: strings.minimize },
    { role: 'close', label: strings.closeWindow, accelerator: 'CmdOrCtrl+Shift+W' },
  ];
  return { label: strings.window, submenu };
}

function helpMenu(strings: MenuStrings, options: MenuOptions, mac: boolean): Item {
  const submenu: Item[] = [
    item(options, strings.shortcuts, 'shortcuts', 'CmdOrCtrl+/'),
    { label: strings.dataFolder, click: options.openDataFolder },
  ];
  if (!mac) submenu.push(SEPARATOR, { role: 'about', label: strings.about });
  return { role: 'help', label: strings.help, submenu };
}

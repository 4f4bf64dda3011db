const en = {
  file: 'File',
  newProfile: 'New Profile…',
  start: 'Start Screen',
  closeConnection: 'Close Connection',
  settings: 'Settings…',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  find: 'Find',
  view: 'View',
  refresh: 'Refresh',
  cookieLab: 'Cookie Lab',
  activity: 'Activity',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  reload: 'Reload Window',
  developerTools: 'Developer Tools',
  window: 'Window',
  minimize: 'Minimize',
  closeWindow: 'Close Window',
  help: 'Help',
  shortcuts: 'Keyboard Shortcuts',
  dataFolder: 'Open Data Folder',
  about: 'About Session Inspector',
  services: 'Services',
  hide: 'Hide Session Inspector',
  hideOthers: 'Hide Others',
  showAll: 'Show All',
  quit: 'Quit Session Inspector',
  draftsTitle: 'There are changes that were not applied',
  draftsText: 'They are kept while this window is open, and lost when it closes. Nothing was written.',
  keepDrafts: 'Keep Editing',
  loseDrafts: 'Discard the Changes',
} as const;

export type MenuStrings = Readonly<Record<keyof typeof en, string>>;

const zhHans: MenuStrings = {
  file: '文件',
  newProfile: '新建配置…',
  start: '起始页',
  closeConnection: '关闭连接',
  settings: '设置…',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  find: '查找',
  view: '视图',
  refresh: '刷新',
  cookieLab: 'Cookie 实验室',
  activity: '活动记录',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  reload: '重新加载窗口',
  developerTools: '开发者工具',
  window: '窗口',
  minimize: '最小化',
  closeWindow: '关闭窗口',
  help: '帮助',
  shortcuts: '键盘快捷键',
  dataFolder: '打开数据文件夹',
  about: '关于 Session Inspector',
  services: '服务',
  hide: '隐藏 Session Inspector',
  hideOthers: '隐藏其他',
  showAll: '全部显示',
  quit: '退出 Session Inspector',
  draftsTitle: '有尚未应用的更改',
  draftsText: '这些更改只在此窗口打开期间保留，关闭后会丢失。尚未写入任何内容。',
  keepDrafts: '继续编辑',
  loseDrafts: '放弃更改',
};

export type Language = 'en' | 'zh-Hans';

const BY_LANGUAGE: Readonly<Record<Language, MenuStrings>> = { en, 'zh-Hans': zhHans };

export function menuStrings(language: Language): MenuStrings {
  return BY_LANGUAGE[language];
}

/**
 * The language that the settings ask for; with `system` the first of the system's languages that the app speaks.
 * @param languages BCP 47 tags, best first
 */
export function languageOf(setting: 'system' | Language, languages: readonly string[]): Language {
  if (setting !== 'system') return setting;
  for (const tag of languages) {
    if (/^en\b/i.test(tag)) return 'en';
    if (/^zh\b/i.test(tag) && !/hant|-(?:tw|hk|mo)\b/i.test(tag)) return 'zh-Hans';
  }
  return 'en';
}

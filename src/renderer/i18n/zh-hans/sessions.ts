import type { Translated } from '../catalogue.ts';
import type * as english from '../en/sessions.ts';

export const sessions: Translated<typeof english.sessions> = {
  title: '会话',
  connecting: '正在连接…',
  loading: '正在加载会话…',
  ended: '连接已结束',
  reconnect: '重新连接',
  editProfile: '编辑配置…',
  shown_other: '显示 {{count}} 个会话',
  count_other: '{{shown}} 个会话',
  estimate_other: '≈ {{shown}} 个会话',
  atLeast_other: '至少 {{shown}} 个会话',
  found_other: '找到 {{count}} 个',
  countExactly: '精确计数',
  revealKeys: '显示会话键',
  hideKeys: '隐藏会话键',
  refresh: '刷新',
  autoRefresh: '自动刷新',
  autoOff: '关闭',
  autoEvery: '每 {{seconds}} 秒',
  moreActions: '更多操作',
  limits_other: '{{count}} 条说明',
  filterLabel: '状态',
  scanHint: '需要读完整个存储才能找到。',
  selection: '选中的会话',
  selected_other: '已选择 {{count}} 个会话',
  selectOne: '选择会话 {{key}}',
  keysCopied_other: '已复制 {{count}} 个会话键',
  clearSelection: '清除选择',
  userMissing: '（不在用户表中）',
  userInactive: '（已停用）',
};

export const column: Translated<typeof english.column> = {
  session_key: '会话键',
  user: '用户',
  expires: '过期时间',
  size: '大小',
  keys: '键数',
  state: '状态',
  agreement: '缓存',
};

export const state: Translated<typeof english.state> = {
  all: '全部',
  live: '有效',
  expired: '已过期',
  corrupt: '已损坏',
  unsigned: '未验证',
};

export const agreement: Translated<typeof english.agreement> = {
  equal: '一致',
  'database only': '仅数据库',
  'cache only': '仅缓存',
  different: '不同',
  'cache unavailable': '缓存不可用',
};

export const search: Translated<typeof english.search> = {
  label: '查找会话',
  where: '查找范围',
  user: '用户',
  key: '会话键',
  data: '任意值',
  submit: '查找',
  clear: '清除查找',
  placeholder: {
    user: '用户 ID、用户名或电子邮件',
    key: '键的开头，或完整的键',
    data: '任意键或值中的文本',
  },
};

export const empty: Translated<typeof english.empty> = {
  searching: '正在查找',
  searchingText: '目前还没有找到。',
  cookies: '这些会话保存在浏览器中',
  cookiesText: '使用 signed_cookies 时，存储就是 Cookie 本身，没有列表。把 Cookie 粘贴到 Cookie 实验室即可读取、验证和签名。',
  keyNeeded: '此存储无法列出',
  openKey: '打开会话',
  noMatch: '没有符合的会话',
  noMatchText: '查找条件和所选状态没有结果。会话可能在此期间已结束。',
  showAll: '显示全部会话',
  none: '还没有会话',
  noneText: '存储可以访问，但是空的。当视图向 request.session 存入内容时（例如登录时），Django 才会写入会话。',
};

export const confirm: Translated<typeof english.confirm> = {
  profile: '配置',
  where: '位置',
  typeName: '配置名称',
  typeNameHelp: '这是生产环境的配置。请输入其名称以继续：',
};

export const job: Translated<typeof english.job> = {
  name: { find: '查找', clear_expired: 'clear_expired', delete: '删除', set_expiry: 'set_expiry' },
  scanned: '已扫描 {{scanned}}',
  scannedOf: '已扫描 {{scanned}} / {{total}}',
  found: '找到 {{found}}',
  changed: '完成 {{changed}}',
  rate: '每秒 {{rate}}',
  left: '剩余 {{time}}',
  stopping: '正在停止…',
  stopped: '未完成即已停止。',
  failed: '任务失败',
  failures_other: '{{count}} 个失败',
  counted_other: '找到 {{count}} 个过期会话',
  done: {
    find_other: '查找结束：找到 {{count}} 个会话',
    clear_expired_other: '已清除 {{count}} 个过期会话',
    delete_other: '已删除 {{count}} 个会话',
    set_expiry_other: '已设置 {{count}} 个会话的过期时间',
  },
};

const deletion: Translated<typeof english.delete> = {
  title_other: '删除 {{count}} 个会话（{{key}}）？',
  text_other: '使用这些会话的人将在下一次请求时被登出。只要副本仍保留，就可以从操作记录中恢复。',
  verb_other: '删除 {{count}} 个会话',
};

export { deletion as delete };

export const clear: Translated<typeof english.clear> = {
  menu: 'clear_expired…',
  title: '清除过期会话',
  text: '与 manage.py clearsessions 相同：移除已过期的会话。有效的会话不受影响。',
  textTtl: '缓存会自行移除过期的条目。没有存活时间的条目会一直保留：这里列出的就是它们。',
  found_other: '{{shown}} 个会话已过期。',
  batches: '将分小批移除；停止后其余保持原样。',
  verb_other: '清除 {{shown}} 个会话',
  verbUnknown: '清除',
  background: '在后台继续',
  started: '正在清除过期会话',
};

export const bulkExpiry: Translated<typeof english.bulkExpiry> = {
  open: '设置过期时间…',
  title_other: '设置 {{count}} 个会话的过期时间',
  text: '将对 {{where}} 中的每一个调用 set_expiry。',
  verb_other: '设置 {{count}} 个会话的过期时间',
};

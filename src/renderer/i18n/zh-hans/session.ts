import type { Translated } from '../catalogue.ts';
import type * as english from '../en/session.ts';

export const session: Translated<typeof english.session> = {
  title: '会话',
  loading: '正在加载会话…',
  gone: '存储中没有此会话',
  goneText: '没有会话 {{key}}：它可能已结束、被删除，或换了新的键。',
  views: '会话的视图',
  data: '数据',
  text: '文本',
  expiry: '过期时间',
  stored: '存储值与签名',
  twin: '缓存副本',
  close: '关闭会话',
  actions: '此会话的操作',
  revealKey: '显示会话键',
  hideKey: '隐藏会话键',
  copyKey: '复制会话键',
  expires: '过期',
  stale: '网站在你开始编辑后写入了此会话。应用之前，“查看”会显示两个版本。',
};

export const expiry: Translated<typeof english.expiry> = {
  never: '永不',
  unknown: '未知',
  source: '来源：{{source}}',
  browserClose: 'Cookie 随浏览器关闭而结束。',
  now: '结束于',
  raw: '存储原文：',
  choose: '新的过期时间',
  kind: {
    seconds: '不活动一段时间后',
    moment: '在某一时刻',
    browser_close: '浏览器关闭时',
    default: '网站的默认值',
  },
  help: {
    seconds: 'set_expiry(seconds)：从会话最后一次更改算起。',
    moment: 'set_expiry(datetime)：正好在该时刻。',
    browser_close: 'set_expiry(0)：Cookie 随浏览器结束；存储保留会话 {{age}}。',
    default: 'set_expiry(None)：SESSION_COOKIE_AGE，即 {{age}}。',
  },
  amount: '数量',
  unit: '单位',
  seconds: '秒',
  minutes: '分钟',
  hours: '小时',
  days: '天',
  moment: '时刻',
  localZone: '使用本机的时区。',
  result: '在存储中结束于：',
  use: '使用此过期时间',
  renew: '像 save() 一样续期…',
  renewHelp: '续期会保留数据，并从现在起重新计算过期时间。',
};

export const expirySource: Translated<typeof english.expirySource> = {
  expire_date: 'expire_date 列',
  _session_expiry: '数据中的 _session_expiry',
  ttl: '缓存条目的存活时间',
  'mtime + SESSION_COOKIE_AGE': '文件时间 + SESSION_COOKIE_AGE',
  'cookie timestamp + SESSION_COOKIE_AGE': 'Cookie 时间戳 + SESSION_COOKIE_AGE',
  'cache expires': '缓存条目的过期时间',
  never: '无：不会过期',
  unknown: '未知',
};

export const tree: Translated<typeof english.tree> = {
  actions: '更改数据',
  add: '添加',
  edit: '编辑值',
  rename: '重命名键',
  remove: '移除',
  save: '保存值',
  key: '键',
  keyType: '键的类型',
  type: '值的类型',
  value: '值',
  details: '所选的值',
  copyValue: '复制值',
  notEditable: '此处无法更改该值；可以原样保留或移除。',
  masked: '因可能敏感而隐藏。',
  reveal: '显示 {{name}}',
  empty: '会话中没有数据。',
  omitted_other: '还有 {{count}} 个值保留但未显示。',
  keys_other: '{{count}} 个键',
  items_other: '{{count}} 项',
  parts_other: '{{count}} 部分',
  reference: '与 #{{ref}} 为同一对象',
  form: { set: '更改值', rename: '重命名键', add: '添加值' },
  hint: {
    json: '任意结构的 JSON',
    NoneType: '没有值',
    bool: 'True 或 False',
    int: '任意长度的整数',
    float: '带小数点的数',
    str: '原样文本；Shift+Enter 换行',
    bytes: 'base64',
    datetime: '2026-11-22T21:55:33+00:00',
    date: '2026-11-22',
    time: '21:55:33',
    Decimal: '12.50',
    UUID: '8 - 4 - 4 - 4 - 12 位十六进制数字',
    tuple: '各项组成的 JSON 列表',
  },
};

export const fact: Translated<typeof english.fact> = {
  auth_user_id: '已登录用户的主键（文本形式）。',
  auth_user_backend: '用户登录所用的认证后端。Django 通过它加载用户。',
  auth_user_hash: '用户密码哈希的 HMAC。密码更改后不再匹配，会话即被登出。',
  session_expiry: '由 set_expiry 设置：秒数、时刻，或 0（浏览器关闭）。决定此会话的过期时间。',
  session_init_timestamp: '会话开始的时间；由 django-session-timeout 保存。',
  messages: '等待显示的消息，由 django.contrib.messages 的会话存储保存。',
  csrftoken: 'CSRF 密钥；因 CSRF_USE_SESSIONS 开启而保存在这里。',
  testcookie: '由 set_test_cookie() 留下，用于检查浏览器是否接受 Cookie。',
  language: '访问者选择的语言。',
  password_reset_token: '正在进行的密码重置的令牌。在有效期内属于机密。',
  allauth_verified_email: 'django-allauth 在此会话中验证过的电子邮件地址。',
  allauth_user: 'django-allauth 尚未完成登录的用户。',
  allauth_methods: '用户的认证方式，由 django-allauth 记录。',
  allauth_social_state: '正在进行的社交登录的状态（django-allauth）。',
  allauth_social_login: '等待注册的社交登录（django-allauth）。',
  otp_device: '已通过双因素认证的设备（django-otp）。',
  hijack_history: '正在被模拟的用户（django-hijack）。',
  wizard: '尚未完成的表单向导步骤（formtools）。',
};

export const text: Translated<typeof english.text> = {
  masked: '此文本含有敏感值',
  maskedText: '其中的令牌、哈希和电子邮件地址清晰可读。',
  show: '显示文本',
  readOnly: '{{serializer}} 会话按 Python 打印的样子显示：供阅读和复制。请在数据视图中更改值。',
};

export const verdict: Translated<typeof english.verdict> = {
  acceptance: 'Django 会接受它吗？',
  decodes: '解码',
  decodesYes: '可以解码',
  signature: '签名',
  key: '密钥',
  salt: '盐',
  algorithm: '算法',
  signed: '签名时间',
  format: '格式',
  compressed: '压缩',
  formats: { signed: 'Django 3.1 及以后', legacy: 'Django 3.1 以前', unsigned: '未签名' },
};

export const signatureReason: Translated<typeof english.signatureReason> = {
  verified: '签名成立',
  'verified-by-fallback': '签名由旧密钥成立',
  'no-key': '没有可用于验证的密钥',
  'does-not-match': '没有密钥与签名匹配',
  'not-signed': '这种值不带签名',
  malformed: '没有格式正确的签名',
  'other-salt': '密钥匹配，但盐不同',
  expired: '签名成立，但已过期',
};

export const acceptance: Translated<typeof english.acceptance> = {
  accepted: '会',
  'accepted by a fallback key': '会，凭备用密钥',
  'logged out at the next request': '用户将在下一次请求时被登出',
  anonymous: '会，作为匿名会话',
  'empty session': '不会：Django 将开始一个空会话',
  unknown: '未知',
};

export const stored: Translated<typeof english.stored> = {
  title: '存储值',
  text: '文本',
  base64: '二进制，以 base64 显示',
  copy: '复制存储值',
  cut: '仅显示开头部分。',
};

export const parts: Translated<typeof english.parts> = {
  legend: '颜色的含义',
  compression: '经 zlib 压缩',
  payload: '数据',
  separator: '分隔符',
  timestamp: '签名时间',
  signature: '签名',
  mask: '掩码',
  secret: '机密',
  hash: '哈希',
  text: '文本',
};

export const twin: Translated<typeof english.twin> = {
  title: '缓存中的副本',
  text: 'cached_db 先读缓存：在离开缓存之前，网站看到的是这个副本。应用会写入数据行并丢弃此副本。',
  expires: '离开缓存的时间：',
  differences: '数据库与缓存的差异',
  database: '数据库',
  cache: '缓存',
};

export const copyAs: Translated<typeof english.copyAs> = {
  open: '复制为',
  format: { json: 'JSON', python: 'Python 字典', django: 'Django shell 代码', cookie: 'Cookie 请求头', curl: 'cURL' },
  redacted: '脱敏：隐藏会话键、哈希、令牌和电子邮件',
  copied: '已复制为 {{format}}',
  copiedRedacted: '已复制为 {{format}}（已脱敏）',
  note: {
    login: '会话有效期间，持有此 Cookie 的人即以该用户身份登录。',
    expiry: '会话何时结束由 save() 计算：依据 _session_expiry，否则依据网站的设置。',
    address: '未设置 SESSION_COOKIE_DOMAIN：地址为 runserver 的地址。',
  },
};

export const draft: Translated<typeof english.draft> = {
  title: '尚未应用的更改',
  changes_other: '{{count}} 处更改',
  undo: '撤回编辑',
  discard: '放弃',
  review: '查看…',
};

export const review: Translated<typeof english.review> = {
  title: '查看更改',
  loading: '正在准备…',
  back: '返回',
  apply: '应用',
  applied: '会话 {{key}} 已更改',
  differences: '差异',
  reveal: '显示已隐藏的值',
  noDifferences: '数据保持不变。',
  moreDifferences_other: '以及另外 {{count}} 处',
  path: '位置',
  before: '之前',
  after: '之后',
  added: '添加',
  removed: '移除',
  changed: '更改',
  expiry: '过期时间',
  keep: '保持过期日期',
  renew: '像 save() 一样续期',
  size: '存储大小：之前 {{before}}，之后 {{after}}。',
  statements: '将要执行',
  copyStatements: '复制语句',
  asDjango: '显示为 Django 代码',
  djangoCode: '同样操作的 Django 代码',
  djangoText: '用于 manage.py shell。这里实际运行的不是它：save() 会重新签名并重新计算过期时间。',
  moreStatements_other: '以及另外 {{count}} 条同类语句',
};

export const conflict: Translated<typeof english.conflict> = {
  title: '会话在此期间已被更改',
  text: '没有写入任何内容。下面是两个版本：你的版本，以及存储中当前的版本。',
  deleted: '没有写入任何内容：会话已不在存储中。',
  differences: '两个版本的差异',
  mineShort: '你的',
  theirsShort: '存储中',
  nothing: '已不存在。',
  theirs: '采用对方的',
  reapply: '保留我的：在对方版本上重做',
  overwrite: '用我的覆盖',
  notReplayable: '你更改的内容在对方版本中已不同，无法在其上重做。可以用你的覆盖，或采用对方的再重新编辑。',
};

export const cycleKey: Translated<typeof english.cycleKey> = {
  title: '{{key}} 的 cycle_key',
  text: '在新的随机键下保留数据和过期时间，并删除旧键。持有旧 Cookie 的人会被登出；新键不会交给任何人。',
  verb: '更换键',
  done: '会话有了新的键',
};

export const flush: Translated<typeof english.flush> = {
  title: 'flush {{key}}',
  text: '与 request.session.flush() 相同：数据从存储中移除，该键不再使用。访问者在下一次请求时得到新的空会话。只要副本仍保留，就可以从操作记录中恢复。',
  verb: 'flush 1 个会话',
};

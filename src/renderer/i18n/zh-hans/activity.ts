import type { Translated } from '../catalogue.ts';
import type * as english from '../en/activity.ts';

export const activity: Translated<typeof english.activity> = {
  title: '操作记录',
  text: '此应用写入的全部内容，最新的在前。会话键已隐藏，这里不保存任何值。',
  none: '还没有写入过',
  noneText: '更改、删除及其撤销会出现在这里。查看会话不会写入任何内容。',
  older: '更早的记录',
  undo: '撤销',
  undoTitle_other: '撤销对 {{count}} 个会话的这次更改？',
  undoText: '将恢复之前的原始字节和过期时间。',
  restored_other: '已恢复 {{count}} 个会话',
  conflictTitle_other: '{{count}} 个会话此后又被写入',
  conflictText: '它们保持原样。恢复将覆盖网站此后写入的内容。',
  force_other: '覆盖 {{count}} 个会话',
  keys: '会话键',
  moreKeys_other: '以及另外 {{count}} 个',
};

export const action: Translated<typeof english.action> = {
  save_other: '更改了 {{count}} 个会话',
  create_other: '创建了 {{count}} 个会话',
  delete_other: '删除了 {{count}} 个会话',
  cycle_key_other: '对 {{count}} 个会话执行 cycle_key',
  set_expiry_other: '对 {{count}} 个会话执行 set_expiry',
  clear_expired_other: 'clear_expired：{{count}} 个会话',
  undo_other: '撤销：恢复了 {{count}} 个会话',
  flush_other: '对 {{count}} 个会话执行 flush',
};

export const outcome: Translated<typeof english.outcome> = {
  pending: '进行中',
  done: '完成',
  partly: '部分完成',
  failed: '失败',
  conflict: '冲突',
  interrupted: '已中断',
};

export const undoState: Translated<typeof english.undoState> = {
  possible: '可以撤销',
  gone: '副本已不再保留',
  done: '已撤销',
  'not kept': '未保留副本',
};

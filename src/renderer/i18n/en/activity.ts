export const activity = {
  title: 'Activity',
  text: 'Everything this app wrote, newest first. Session keys are masked, and no values are kept here.',
  none: 'Nothing was written yet',
  noneText: 'Changes, deletions and their Undo appear here. Looking at sessions writes nothing.',
  older: 'Older entries',
  undo: 'Undo',
  undoTitle_one: 'Undo this change of {{count}} session?',
  undoTitle_other: 'Undo this change of {{count}} sessions?',
  undoText: 'The exact bytes and expiry of before are restored.',
  restored_one: '{{count}} session restored',
  restored_other: '{{count}} sessions restored',
  conflictTitle_one: '{{count}} session was written since',
  conflictTitle_other: '{{count}} sessions were written since',
  conflictText: 'It was left as it is. Restoring it overwrites what the site has written since.',
  force_one: 'Overwrite {{count}} session',
  force_other: 'Overwrite {{count}} sessions',
  keys: 'Session keys',
  moreKeys_one: 'and {{count}} more',
  moreKeys_other: 'and {{count}} more',
} as const;

export const action = {
  save_one: '{{count}} session changed',
  save_other: '{{count}} sessions changed',
  create_one: '{{count}} session created',
  create_other: '{{count}} sessions created',
  delete_one: '{{count}} session deleted',
  delete_other: '{{count}} sessions deleted',
  cycle_key_one: 'cycle_key of {{count}} session',
  cycle_key_other: 'cycle_key of {{count}} sessions',
  set_expiry_one: 'set_expiry of {{count}} session',
  set_expiry_other: 'set_expiry of {{count}} sessions',
  clear_expired_one: 'clear_expired: {{count}} session',
  clear_expired_other: 'clear_expired: {{count}} sessions',
  undo_one: 'Undo: {{count}} session restored',
  undo_other: 'Undo: {{count}} sessions restored',
  flush_one: 'flush of {{count}} session',
  flush_other: 'flush of {{count}} sessions',
} as const;

export const outcome = {
  pending: 'Running',
  done: 'Done',
  partly: 'Partly done',
  failed: 'Failed',
  conflict: 'Conflict',
  interrupted: 'Interrupted',
} as const;

export const undoState = {
  possible: 'Undo possible',
  gone: 'Copy no longer kept',
  done: 'Undone',
  'not kept': 'No copy was kept',
} as const;

import { action, activity, outcome, undoState } from './activity.ts';
import { common, settings, shell, shortcuts, start } from './common.ts';
import { errors } from './errors.ts';
import { importing, testing } from './imports.ts';
import { confidence, kind, lab } from './lab.ts';
import { fieldError, profileChoice, profileForm, profileLabel, settingHelp } from './profiles.ts';
import * as session from './session.ts';
import * as sessions from './sessions.ts';
import { receipt, support } from './support.ts';

/** English: the catalogue that decides the keys of all others. */
export const en = {
  action,
  activity,
  outcome,
  undoState,
  common,
  settings,
  shell,
  shortcuts,
  start,
  errors,
  importing,
  testing,
  confidence,
  kind,
  lab,
  fieldError,
  profileChoice,
  profileForm,
  profileLabel,
  settingHelp,
  receipt,
  support,
  ...session,
  ...sessions,
} as const;

import type { SessionEventInput } from '@/lib/sessions/model';

type Life = NonNullable<SessionEventInput['life']>['what'];
type Class = SessionEventInput['class'];

export interface Activity {
  class: Class;
  /** What it does to the account, entity or credential it is about. */
  life?: { of: 'identity' | 'credential'; what: Life };
  phase?: 'open' | 'close';
}

const identity = (what: Life): Activity => ({ class: 'change', life: { of: 'identity', what } });
const credential = (what: Life): Activity => ({ class: 'change', life: { of: 'credential', what } });
const plain = (name: Class): Activity => ({ class: name });

/** Classes of OCSF 1.x that say something of a session or of who may have one, with what their activities mean. */
const CLASSES: Record<number, Record<number, Activity>> = {
  // Account Change
  3001: {
    1: identity('created'),
    2: identity('enabled'),
    3: credential('rotated'),
    4: credential('rotated'),
    5: identity('disabled'),
    6: identity('deleted'),
    7: identity('privileged'),
    8: plain('change'),
    9: identity('disabled'),
    12: identity('enabled'),
  },
  // Authentication
  3002: { 1: { class: 'session', phase: 'open' }, 2: { class: 'session', phase: 'close' } },
  // Authorize Session
  3003: { 1: identity('privileged'), 2: identity('privileged'), 3: identity('privileged') },
  // Entity Management
  3004: {
    1: plain('change'),
    2: plain('read'),
    3: plain('change'),
    4: identity('deleted'),
    8: identity('enabled'),
    9: identity('disabled'),
    10: identity('enabled'),
    11: identity('disabled'),
    12: identity('disabled'),
    13: identity('enabled'),
  },
  // User Access Management
  3005: { 1: identity('privileged'), 2: plain('change'), 3: identity('privileged'), 4: plain('change') },
  // API Activity
  6003: { 1: plain('change'), 2: plain('read'), 3: plain('change'), 4: plain('change') },
  // Datastore Activity
  6005: {
    1: plain('read'),
    2: plain('change'),
    3: plain('session'),
    4: plain('read'),
    5: plain('change'),
    6: plain('change'),
    7: plain('read'),
  },
  // Web Resource Access Activity
  6004: { 1: plain('read'), 2: plain('read'), 3: plain('read'), 4: plain('read') },
  // File Hosting Activity
  6006: {
    1: plain('change'),
    2: plain('export'),
    3: plain('change'),
    4: plain('change'),
    6: plain('read'),
    7: plain('change'),
  },
};

const OTHER: Record<number, Class> = {
  3001: 'change',
  3002: 'session',
  3003: 'change',
  3004: 'change',
  3005: 'change',
};

/** What an activity of a class means. undefined: the class says nothing of sessions (findings, inventory, network). */
export function activityOf(classUid: number, activityId: number): Activity | undefined {
  const known = CLASSES[classUid];
  return known ? (known[activityId] ?? plain(OTHER[classUid] ?? 'other')) : undefined;
}

/** Names of the classes Braid writes, for `class_name` and `category_name`. */
export const NAMES: Record<number, { name: string; category: string }> = {
  2004: { name: 'Detection Finding', category: 'Findings' },
  3001: { name: 'Account Change', category: 'Identity & Access Management' },
  3002: { name: 'Authentication', category: 'Identity & Access Management' },
  3004: { name: 'Entity Management', category: 'Identity & Access Management' },
  6003: { name: 'API Activity', category: 'Application Activity' },
  7001: { name: 'Remediation Activity', category: 'Remediation' },
};

import { FAMILIES } from '@/lib/connectors/family-model';
import type { Capabilities, ConnectorRow, Means, VendorCard } from '@/lib/connectors/model';

const has = (means: string | undefined): boolean => means !== undefined && means !== 'none';

/** How much of the sessions of a system Braid sees, most first. */
export const VISIBILITY = {
  sessions: 'every live session',
  derived: 'sessions as events tell them',
  identities: 'identities, but no session',
  nothing: 'nothing by itself',
} as const;
export type Visibility = keyof typeof VISIBILITY;

/** The level at which a system can be seen into, from what its connector can do. */
export function visibilityOf(capabilities: Pick<Capabilities, 'list' | 'events' | 'discover'>): Visibility {
  if (capabilities.list === 'native') return 'sessions';
  if (has(capabilities.list) || has(capabilities.events)) return 'derived';
  return has(capabilities.discover) ? 'identities' : 'nothing';
}

/** Whatever is done natively, derived, or not at all: one that is added has to be named below. */
type Ability = {
  [Key in keyof Capabilities]-?: NonNullable<Capabilities[Key]> extends Means ? Key : never;
}[keyof Capabilities];

/** What a connector may be able to do, in the order it is shown. */
export const ABILITIES: Record<Ability, string> = {
  discover: 'Discover identities',
  list: 'List live sessions',
  terminateOne: 'End one session',
  revokeAll: 'End all access',
  derived: 'End refresh and derived credentials',
  consents: 'Take back consents',
  rotate: 'Rotate a secret',
  pause: 'Pause and resume',
  restore: 'Restore',
  probe: 'Prove that it is over',
  predict: 'Say what else is hit',
  canary: 'Try to come in as a canary',
  changes: 'Follow changes by a cursor',
  events: 'Hand over its audit log',
};

export const GRANULARITY: Record<Capabilities['granularity'], string> = {
  session: 'one session at a time',
  credential: 'everything of one credential',
  identity: 'everything of the identity',
  role: 'everything of the role, whoever uses it',
};

/** Vendors by family, in the order they are given. */
export function byFamily<V extends Pick<VendorCard, 'family'>>(vendors: readonly V[]): [title: string, vendors: V[]][] {
  return Object.entries(FAMILIES)
    .map(([family, title]): [string, V[]] => [title, vendors.filter((one) => one.family === family)])
    .filter(([, list]) => list.length > 0);
}

const several = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Are they well? "Well" is not said beside a system that doesn't answer, or that the last drill found can't end access. */
export function connectedSentence(
  rows: readonly Pick<ConnectorRow, 'id' | 'name' | 'state' | 'health' | 'liveSessions'>[],
  drilled: readonly { connectorId: string | null; lastState: string | null }[],
): string {
  if (!rows.length) return 'No system is connected yet.';
  const live = rows.reduce((sum, row) => sum + row.liveSessions, 0);
  const on = rows.filter((row) => row.state === 'enabled');
  const ill = on.filter((row) => row.health !== 'ok' && row.health !== 'unknown').map((row) => row.name);
  const kept = on
    .filter((row) => drilled.some((one) => one.connectorId === row.id && one.lastState === 'failed'))
    .map((row) => row.name);
  const troubles = [
    ill.length ? `${ill.join(', ')} ${ill.length === 1 ? 'needs' : 'need'} attention` : '',
    kept.length ? `the last drill of ${kept.join(', ')} failed` : '',
  ].filter(Boolean);
  const off = rows.length - on.length;
  const well = [
    ...(troubles.length ? troubles : on.length === 0 ? [] : [on.length === 1 ? 'it answers' : 'all of them answer']),
    ...(off ? [`${off} disabled`] : []),
  ].join(', ');
  return `${several(rows.length, 'system')} connected: ${well}; ${several(live, 'session')} live.`;
}

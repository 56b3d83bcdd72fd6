import { expect, test } from 'vitest';
import type { FindingRow } from '@/lib/findings/model';
import { minutesOf, needsOf, type SourceFact } from '@/lib/overview/evaluate';
import type { RevocationRow } from '@/lib/revocations/model';

const NOW = Date.parse('2026-05-04T12:00:30.000Z');
const finding = (id: string, over: Partial<FindingRow> = {}): FindingRow => ({
  id,
  identityId: 'i1',
  identityName: 'svc-payments',
  identityKind: 'service_account',
  identityState: 'active',
  detector: 'structuring',
  severity: 'high',
  state: 'open',
  title: `finding ${id}`,
  summary: '',
  occurrences: 1,
  firstSeenAt: '2026-05-04T11:00:00.000Z',
  lastSeenAt: '2026-05-04T11:50:00.000Z',
  stateBy: null,
  stateReason: null,
  stateAt: null,
  suppressUntil: null,
  suppressOwner: null,
  disposition: null,
  impact: [],
  raisedAt: '2026-01-01T00:00:00.000Z',
  evidence: { sessions: [], decisions: [], events: [] },
  ...over,
});
const revocation = (id: string, state: RevocationRow['state']): RevocationRow => ({
  id,
  kind: 'revoke',
  identityId: 'i1',
  identityName: 'etl-runner',
  sessionIds: [],
  state,
  reasonCode: 'test',
  reason: '',
  actorName: 'Ana',
  requestedAt: '2026-05-04T11:41:00.000Z',
  effectiveAt: null,
  verifiedAt: null,
  clickedAt: null,
  endedAgainAt: null,
  regrowthUntil: null,
  drill: false,
  signalId: null,
  actionId: null,
  history: [],
  steps: [],
});
const source = (over: Partial<SourceFact> = {}): SourceFact => ({
  id: 's',
  name: 'orders database',
  enabled: true,
  health: 'ok',
  healthDetail: null,
  lastSyncAt: '2026-05-04T12:00:25.000Z',
  createdAt: '2026-05-01T00:00:00.000Z',
  identityCount: 31,
  ...over,
});
const order = (...args: Parameters<typeof needsOf>) => needsOf(...args).map((need) => need.id);

test('what can still reach most comes first', () => {
  const findings = [
    finding('low', { identityId: 'i1', severity: 'low' }),
    finding('ended', { identityId: 'i2', identityState: 'revoked' }),
    finding('high', { identityId: 'i3' }),
    finding('critical', { identityId: 'i4', severity: 'critical' }),
  ];
  const revocations = [
    revocation('residual', 'residual'),
    revocation('regrown', 'regrown'),
    revocation('failed', 'failed'),
  ];
  expect(order(findings, revocations, [source({ lastSyncAt: '2026-05-04T11:34:00.000Z' })], NOW)).toEqual([
    'critical',
    'regrown',
    'failed',
    'high',
    'residual',
    'ended',
    's',
    'low',
  ]);
});

test('of equals the newest comes first', () =>
  expect(
    order(
      [
        finding('old', { identityId: 'i1' }),
        finding('new', { identityId: 'i2', lastSeenAt: '2026-05-04T11:59:00.000Z' }),
      ],
      [],
      [],
      NOW,
    ),
  ).toEqual(['new', 'old']));

test('an identity’s findings are one row, its most pressing one, which leads to the others', () => {
  const critical = finding('critical', { severity: 'critical' });
  const needs = needsOf(
    [finding('a'), critical, finding('b'), finding('c', { identityId: 'i2' })],
    [revocation('r', 'failed')],
    [],
    NOW,
  );
  expect(needs.map((need) => [need.id, need.others?.count])).toEqual([
    ['critical', 2],
    ['r', undefined],
    ['c', undefined],
  ]);
  expect(needs[0]?.others?.href).toBe('/findings?identityId=i1&state=active');
});

test('a source is named when it is silent or failing, not when it answers or is switched off', () => {
  expect(order([], [], [source()], NOW)).toEqual([]);
  expect(order([], [], [source({ enabled: false, lastSyncAt: null })], NOW)).toEqual([]);
  expect(needsOf([], [], [source({ health: 'failing', healthDetail: 'refused' })], NOW)[0]?.sub).toBe(
    '31 identities are judged on old state · refused',
  );
  expect(needsOf([], [], [source({ lastSyncAt: null })], NOW)[0]?.title).toBe('orders database has never answered');
});

test('a finding on an exposure leads to the path of what crossed first, any other to itself', () => {
  const path = finding('a', { evidence: { sessions: [], decisions: ['d1', 'd2'], events: [], exposureId: 'e1' } });
  const [first, second] = needsOf([path, finding('b', { identityId: 'i2' })], [], [], NOW);
  expect([first?.href, first?.action]).toEqual(['/decisions/d1/path?exposure=e1', 'Path']);
  expect([second?.href, second?.action]).toEqual(['/findings/b', 'Open']);
});

test('the hour has sixty minutes, whatever was decided in it', () => {
  const minutes = minutesOf([{ at: '2026-05-04T11:59:00.000Z', allow: 3, step_up: 0, pause: 0, deny: 1 }], NOW);
  expect(minutes).toHaveLength(60);
  expect(minutes[0]?.at).toBe('2026-05-04T11:01:00.000Z');
  expect(minutes[58]).toMatchObject({ allow: 3, deny: 1 });
  expect(minutes[59]).toMatchObject({ at: '2026-05-04T12:00:00.000Z', allow: 0 });
});

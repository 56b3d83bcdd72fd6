import { expect, test } from 'vitest';
import type { NoticeFact } from '@/lib/notifications/model';
import { ocsfActions } from '@/lib/notifications/ocsf/format';

const notice = (action: NoticeFact['body']['action']): NoticeFact => ({
  id: '019a0000-0000-7000-8000-000000000001',
  at: '2026-11-22T10:42:17.000Z',
  event: 'revocation.requested',
  target: { type: 'revocation', id: '019a0000-0000-7000-8000-00000000000a' },
  identityId: '019a0000-0000-7000-8000-00000000000b',
  severity: 'medium',
  detector: null,
  body: {
    title: 'Sessions are being ended',
    summary: 'Ada: Stolen token.',
    reasons: [],
    path: '/revocations/x',
    end: null,
    by: 'Ada',
    action,
    identity: {
      id: '019a0000-0000-7000-8000-00000000000b',
      name: 'svc-payments',
      kind: 'service_account',
      state: 'active',
      owner: null,
      environment: null,
      workflows: [],
    },
  },
});
const types = (action: NoticeFact['body']['action']) =>
  ocsfActions(notice(action)).map((event) => (event as { type_uid: number }).type_uid);

test('what is asked for is a sign-out per session or a change of the account, and an eviction or restoration', () => {
  const asked = (kind: 'terminate' | 'revoke' | 'pause' | 'resume' | 'restore') =>
    types({ kind, state: 'requested', sessions: kind === 'terminate' ? ['s1', 's2'] : [] });
  expect(asked('terminate')).toEqual([300202, 300202, 700102]);
  expect(asked('revoke')).toEqual([300105, 700102]);
  expect(asked('pause')).toEqual([300412, 700102]);
  expect(asked('resume')).toEqual([300413, 700103]);
  expect(asked('restore')).toEqual([300102, 700103]);
});

test('every later state is a remediation of the same command', () => {
  for (const [state, status] of [
    ['accepted', 99],
    ['effective', 99],
    ['verified', 1],
    ['residual', 99],
    ['unverifiable', 99],
    ['failed', 2],
    ['regrown', 2],
  ] as const) {
    const [event, ...more] = ocsfActions(notice({ kind: 'revoke', state, sessions: [] }));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      class_uid: 7001,
      type_uid: 700102,
      command_uid: '019a0000-0000-7000-8000-00000000000a',
      status_id: status,
      status_detail: state,
    });
  }
});

test('a notice of something else does nothing', () => expect(types(undefined)).toEqual([]));

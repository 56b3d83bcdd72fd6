import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { list } from '@/lib/consents/list';
import { revoke } from '@/lib/consents/revoke';
import { compareScopes } from '@/lib/consents/scope-state';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { drainInbox } from '@/lib/sessions/drain-inbox';
import { receiveEvents } from '@/lib/sessions/receive-events';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'responder' as const } };
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

const APP = '0oaClient';
const at = (minutes: number): string => new Date(clock.ms() + minutes * 60_000).toISOString();
let serial = 0;
const okta = (eventType: string, minutes: number, over: object = {}) => ({
  uuid: `c${++serial}`,
  version: '0',
  published: at(minutes),
  eventType,
  severity: 'INFO',
  displayMessage: eventType,
  outcome: { result: 'SUCCESS' },
  actor: { id: '00uAda', type: 'User', alternateId: 'ada@example.test', displayName: 'Ada' },
  client: { ipAddress: '203.0.113.9', userAgent: { rawUserAgent: 'Firefox' } },
  authenticationContext: { externalSessionId: 'idxOne' },
  ...over,
});
const target = [{ id: APP, type: 'PublicClientApp', alternateId: 'notes', displayName: 'Notes' }];
const take = async (...events: object[]) => {
  const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
  await receiveEvents(systemCtx('test'), { format: 'okta', body });
  await drainInbox(systemCtx('inbox'));
};

test('what an app was allowed, by whom and when; given again with other scopes it is the later word', async () => {
  const debug = (grantedScopes: string) => ({ target, debugContext: { debugData: { grantedScopes } } });
  await take(okta('app.oauth2.as.consent.grant', -30, debug('openid mail.read')));
  await take(okta('app.oauth2.as.consent.grant', -20, debug('openid mail.read files.write')));
  await take(okta('app.oauth2.as.consent.grant', -25, debug('openid')));
  const { items } = await list(viewer);
  expect(items).toMatchObject([
    {
      source: 'okta',
      app: APP,
      grantor: 'ada@example.test',
      scopes: ['openid', 'mail.read', 'files.write'],
      state: 'given',
    },
  ]);
});

test('taken back in a log, it is revoked, and given again later it is not', async () => {
  await take(okta('app.oauth2.as.consent.revoke', -15, { target }));
  expect((await list(viewer, { state: 'revoked' })).items).toMatchObject([{ app: APP, revokedBy: 'ada@example.test' }]);
  await take(
    okta('app.oauth2.as.consent.grant', -10, { target, debugContext: { debugData: { grantedScopes: 'openid' } } }),
  );
  expect((await list(viewer)).items).toMatchObject([{ app: APP, state: 'given', scopes: ['openid'], revokedAt: null }]);
});

test('a connected system that can take it back is named', async () => {
  const id = newId();
  await prisma().connector.create({ data: { id, name: 'Acme', vendor: 'okta', config: {} } });
  expect((await list(viewer)).items).toMatchObject([{ revocableBy: { connectorId: id, name: 'Acme' } }]);
  await prisma().connector.delete({ where: { id } });
});

test('no connected system can take it back: it is said, and the sessions that rest on it end', async () => {
  const [consent] = (await list(viewer)).items;
  await expect(revoke(viewer, { id: consent!.id, reason: 'too broad' })).rejects.toMatchObject({
    code: 'access.denied',
  });
  const sessionId = newId();
  await prisma().session.create({
    data: {
      id: sessionId,
      identityId: consent!.identityId,
      source: 'okta',
      observedBy: 'native',
      groupKey: 'under-consent',
      label: 'notes',
      scope: 'openid mail.send',
      consent: { id: APP },
      startedAt: new Date(clock.ms() - 60_000),
      lastEventAt: clock.now(),
    },
  });
  expect((await list(viewer)).items).toMatchObject([
    { used: ['mail.send', 'openid'], beyond: ['mail.send'], unused: [], liveSessions: 1, revocableBy: null },
  ]);
  const done = await revoke(ctx, { id: consent!.id, reason: 'too broad' });
  expect(done).toMatchObject({ taken: false, how: expect.stringContaining('remove 0oaClient at okta itself') });
  expect(done.revocationIds).toHaveLength(1);
  // Nobody took it back, so it is not called taken back.
  expect((await list(viewer)).items).toMatchObject([{ state: 'given', revokedAt: null, revokedHow: done.how }]);
  expect(await revoke(ctx, { id: consent!.id, reason: 'again' })).toMatchObject({ taken: false });
});

test('a scope of everything covers what is under it', () => {
  expect(compareScopes(['repo:*', 'user'], ['repo:read', 'gist'])).toEqual({ unused: ['user'], beyond: ['gist'] });
  expect(compareScopes([], ['a'])).toEqual({ unused: [], beyond: [] });
});

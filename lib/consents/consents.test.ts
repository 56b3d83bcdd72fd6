import { expect, test } from 'vitest';
import { createToken } from '@/lib/access/create-token';
import { systemCtx } from '@/lib/access/model';
import { list } from '@/lib/consents/list';
import { revoke } from '@/lib/consents/revoke';
import { compareScopes } from '@/lib/consents/scope-state';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { usualGuardrails } from '@/lib/responses/model';
import { drainInbox } from '@/lib/sessions/drain-inbox';
import { receiveEvents } from '@/lib/sessions/receive-events';
import { storePulled } from '@/lib/sessions/store-pulled';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'responder' as const } };
const admin = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada Admin', role: 'admin' as const } };
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

test('nothing is asked of a system before the bounds are held; asked at the same time they are counted together', async () => {
  const id = newId();
  await prisma().connector.create({ data: { id, name: 'Acme', vendor: 'okta', config: {} } });
  const apps = ['0oaA', '0oaB', '0oaC'];
  for (const app of apps)
    await take(
      okta('app.oauth2.as.consent.grant', -9, {
        actor: { id: `00u${app}`, type: 'User', alternateId: `${app}@example.test`, displayName: app },
        target: [{ ...target[0], id: app, alternateId: app }],
        debugContext: { debugData: { grantedScopes: 'openid' } },
      }),
    );
  const ids = (await list(viewer, { source: 'okta' })).items
    .filter(({ app }) => apps.includes(app))
    .map((one) => one.id);
  const bound = { ...usualGuardrails(), second: { identities: 2, sessions: null, systems: null } };
  await prisma().setting.create({ data: { key: 'guardrails', value: bound } });
  const made = await createToken(admin, { name: 'robot', scopes: ['respond'] });
  const robot = { kind: 'token' as const, id: made.id, name: 'robot', scopes: ['respond' as const], issuer: 'default' };
  const askers = [admin, { actor: robot }, admin];
  const done = await Promise.allSettled(ids.map((one, at) => revoke(askers[at]!, { id: one, reason: 'too broad' })));
  const codes = done.map((one) => (one.status === 'rejected' ? (one.reason as { code?: string }).code : 'done'));
  expect(codes.filter((code) => code === 'response.second_operator')).toHaveLength(1);
  expect(await prisma().auditEntry.count({ where: { action: 'consent.ask' } })).toBe(2);
  await prisma().setting.delete({ where: { key: 'guardrails' } });
  await prisma().connector.delete({ where: { id } });
});

test('of two systems of one kind the one whose log told of it is asked, and another one never', async () => {
  const [first, second] = [newId(), newId()];
  await prisma().connector.createMany({
    data: [
      { id: first, name: 'First', vendor: 'okta', config: {} },
      { id: second, name: 'Second', vendor: 'okta', config: {} },
    ],
  });
  const grant = (app: string, minutes: number) =>
    okta('app.oauth2.as.consent.grant', minutes, {
      target: [{ ...target[0], id: app, alternateId: app }],
      debugContext: { debugData: { grantedScopes: `scope${minutes}` } },
    });
  const pulled = async (connectorId: string, event: object) => {
    await transaction((tx) =>
      storePulled(tx, { connectorId, name: 'x', format: 'okta', lines: [JSON.stringify(event)] }),
    );
    await drainInbox(systemCtx('inbox'));
  };
  const of = async (app: string) => (await list(viewer, { q: app })).items;
  await pulled(second, grant('0oaTold', -8));
  expect(await of('0oaTold')).toMatchObject([{ revocableBy: { connectorId: second } }]);
  // The same names at the other one are another consent.
  await pulled(first, grant('0oaTold', -7));
  expect(await of('0oaTold')).toMatchObject([
    { scopes: ['scope-7'], revocableBy: { connectorId: first } },
    { scopes: ['scope-8'], revocableBy: { connectorId: second } },
  ]);
  await pulled(
    first,
    okta('app.oauth2.as.consent.revoke', -6, { target: [{ ...target[0], id: '0oaTold', alternateId: '0oaTold' }] }),
  );
  expect((await of('0oaTold')).map((one) => one.state)).toEqual(['revoked', 'given']);
  // Nobody knows which of the two a log that was handed in is of.
  await take(grant('0oaLoose', -5));
  expect(await of('0oaLoose')).toMatchObject([{ revocableBy: null }]);
  await prisma().connector.update({ where: { id: second }, data: { state: 'disabled' } });
  expect((await of('0oaTold'))[1]).toMatchObject({ revocableBy: null });
  expect(await of('0oaLoose')).toMatchObject([{ revocableBy: null }]);
  await prisma().connector.deleteMany({ where: { id: { in: [first, second] } } });
});

test('no connected system can take it back: it is said, and the sessions that rest on it end', async () => {
  const consent = (await list(viewer)).items.find(({ app }) => app === APP);
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
  expect((await list(viewer, { q: APP })).items).toMatchObject([
    { used: ['mail.send', 'openid'], beyond: ['mail.send'], unused: [], liveSessions: 1, revocableBy: null },
  ]);
  const done = await revoke(ctx, { id: consent!.id, reason: 'too broad' });
  expect(done).toMatchObject({ taken: false, how: expect.stringContaining('remove 0oaClient at okta itself') });
  expect(done.revocationIds).toHaveLength(1);
  // Nobody took it back, so it is not called taken back.
  expect((await list(viewer, { q: APP })).items).toMatchObject([
    { state: 'given', revokedAt: null, revokedHow: done.how },
  ]);
  expect(await revoke(ctx, { id: consent!.id, reason: 'again' })).toMatchObject({ taken: false });
});

test('a scope of everything covers what is under it', () => {
  expect(compareScopes(['repo:*', 'user'], ['repo:read', 'gist'])).toEqual({ unused: ['user'], beyond: ['gist'] });
  expect(compareScopes([], ['a'])).toEqual({ unused: [], beyond: [] });
});

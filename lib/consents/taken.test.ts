// A consent taken back at a system, as a revocation: proven by listing again, with what lives on, a history and a certificate.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { type OktaWorld, OWN } from '@/lib/connectors/okta/testing-okta';
import { startOrg } from '@/lib/connectors/okta/testing-org';
import { list as listConsents } from '@/lib/consents/list';
import { revoke } from '@/lib/consents/revoke';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { certificate } from '@/lib/revocations/certificate';
import { verifyCertificate } from '@/lib/revocations/certificate/verify.mjs';
import { execute } from '@/lib/revocations/execute';
import { list } from '@/lib/revocations/list';
import { show } from '@/lib/revocations/show';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
let world: OktaWorld;
let connectorId: string;

beforeAll(async () => {
  ({ world } = await startOrg());
  const values = {
    orgUrl: world.double.url,
    clientId: OWN,
    privateKey: world.key,
    ownNetwork: 'yes',
    tokenMinutes: '5',
  };
  connectorId = (await create(ctx, { vendor: 'okta', name: 'Acme', values })).id;
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

async function given(app: string): Promise<string> {
  world.consents.set(`oag-${app}`, { id: `oag-${app}`, app, user: '00uSvc', everybody: false, scope: 'mail.read' });
  const identityId = newId();
  await prisma().identity.create({ data: { id: identityId, name: app, externalId: app, kind: 'oauth_app' } });
  const id = newId();
  const grantor = 'svc-sync@acme.example';
  const told = { source: 'okta', app, grantor, scopes: ['mail.read'], at: clock.now(), eventId: newId() };
  await prisma().consent.create({ data: { id, identityId, connectorId, ...told } });
  return id;
}

test('it is a revocation: in the list, proven by listing again, with what lives on and until when, and a certificate', async () => {
  const id = await given('0oaPay');
  world.refreshed.add('00uSvc 0oaPay');
  const done = await revoke(ctx, { id, reason: 'too broad' });
  expect(done).toMatchObject({ taken: true, how: 'Acme: 1 of 1 grant removed', revocationIds: [expect.any(String)] });
  expect([world.consents.has('oag-0oaPay'), world.refreshed.size]).toEqual([false, 0]);
  expect((await listConsents(ctx)).items).toMatchObject([
    { id, state: 'revoked', revokedBy: 'Ada', revokedHow: done.how },
  ]);
  const { items } = await list(ctx, { kind: 'consent' });
  expect(items).toMatchObject([
    { id: done.revocationIds[0], kind: 'consent', state: 'residual', identityName: '0oaPay' },
  ]);
  const row = await show(ctx, { id: items[0]!.id });
  expect(row.history.map((one) => one.state)).toEqual(['requested', 'residual']);
  const probe = row.steps.find((step) => step.verb === 'probe')!;
  expect(probe.proof!.filter((one) => one.check === 'grants listed').map((one) => one.saw)).toEqual(['none', 'none']);
  expect(probe.residuals).toMatchObject([{ gap: 'G2', until: expect.any(String) }]);
  const { text } = await certificate(ctx, { id: row.id });
  expect(verifyCertificate(text)).toMatchObject({ ok: true });
  expect(JSON.parse(text).certificate).toMatchObject({ kind: 'consent', state: 'residual' });
  await expect(revoke(ctx, { id, reason: 'again' })).rejects.toMatchObject({ code: 'conflict' });
});

test('a system that is away leaves it asked for, visibly, once; when it is back it is done', async () => {
  const id = await given('0oaHelp');
  world.limited = { 'x-rate-limit-reset': `${Math.ceil(Date.now() / 1_000) + 60}` };
  const [first, second] = [await revoke(ctx, { id, reason: 'too broad' }), await revoke(ctx, { id, reason: 'again' })];
  expect(first).toMatchObject({ taken: false });
  expect(second.revocationIds).toEqual(first.revocationIds);
  expect((await listConsents(ctx, { q: '0oaHelp' })).items).toMatchObject([{ state: 'given' }]);
  const row = await show(ctx, { id: first.revocationIds[0]! });
  expect(row.state).toBe('requested');
  world.limited = null;
  await prisma().revocationStep.updateMany({ where: { revocationId: row.id }, data: { notBefore: null } });
  await execute(row.identityId);
  expect((await show(ctx, { id: row.id })).state).toBe('residual');
  expect((await listConsents(ctx, { q: '0oaHelp' })).items).toMatchObject([{ state: 'revoked', revokedBy: 'Ada' }]);
});

test('what Braid itself connects as is left alone, and nothing is written', async () => {
  const id = await given(OWN);
  await expect(revoke(ctx, { id, reason: 'too broad' })).rejects.toMatchObject({ code: 'connector.protected' });
  expect(world.consents.has(`oag-${OWN}`)).toBe(true);
  expect(await prisma().revocation.count({ where: { consentId: id } })).toBe(0);
});

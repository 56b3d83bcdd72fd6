import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { microsoft365 } from '@/lib/connectors/microsoft365/format';
import { normalise } from '@/lib/connectors/microsoft365/normalise';
import { cut } from '@/lib/sessions/cut';

const records = ['activity-api.json', 'search-export.ndjson', 'purview.csv'].flatMap((name) =>
  cut(microsoft365, fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8')).map((raw) =>
    'record' in raw ? raw.record : raw.reason,
  ),
);
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const events = records.map(normalise).flatMap((read) => (read.kind === 'event' ? [read.event] : []));
const named = (action: string, nth = 0) => events.filter((event) => event.action.endsWith(`:${action}`))[nth]!;
const first = records[0] as Record<string, unknown>;
const SESSION = '9c8b7a69-5544-4332-9211-00ffeeddccbb';
const SP = 'b0b0b0b0-a308-4311-8720-fb3192e5284e';

test('every row is an event but the header and one that names nobody', () => {
  expect(records.map((record) => normalise(record).kind).filter((kind) => kind !== 'event')).toEqual([
    'skipped',
    'skipped',
  ]);
  expect(events).toHaveLength(14);
});

test('who: people in any case, applications in every form, the service itself', () => {
  expect([...new Set(events.slice(0, 4).map((event) => event.identity.externalId))]).toEqual([
    'mia.berg@contoso.example',
  ]);
  expect(named('MailItemsAccessed', 1).identity).toMatchObject({
    type: 'servicePrincipal',
    externalId: SP,
    kind: 'service_account',
  });
  expect(named('FileModified').identity).toMatchObject({ name: 'ledger-sync', kind: 'service_account' });
  expect(named('Set-ConditionalAccessPolicy')).toMatchObject({
    identity: { kind: 'workload' },
    session: null,
    network: null,
  });
  expect(named('ExportReport').identity).toMatchObject({
    name: 'svc-reports@contoso.example',
    kind: 'service_account',
  });
  expect(named('MessageSent').identity.kind).toBe('service_account');
});

describe('session', () => {
  test("Entra's session id, wherever a workload writes it: native, and a part of Entra's session", () => {
    for (const event of events.slice(0, 4)) {
      expect(event.session).toMatchObject({ key: SESSION, observedBy: 'native', gapSecs: 5400 });
      expect(event.parent).toEqual({ how: 'delegation', key: SESSION, source: 'entra' });
    }
  });

  test('an application token: derived; address and agent alone: inferred; a failed sign-in: none', () => {
    expect(named('MailItemsAccessed', 1).session).toMatchObject({
      key: `${SP} token AppTok0Q0E2wT6nYp1LmAA`,
      observedBy: 'derived',
    });
    expect(named('ExportReport').session).toMatchObject({
      key: 'svc-reports@contoso.example 198.51.100.43 python-requests',
      observedBy: 'inferred',
    });
    expect(named('UserLoginFailed')).toMatchObject({ session: null, outcome: 'failure' });
    expect(named('MessageSent')).toMatchObject({
      session: null,
      attributes: { sourceAddress: 'cool.client.local:12345' },
    });
  });
});

describe('what else it tells', () => {
  test('addresses with port and brackets', () => {
    expect([0, 2, 3].map((index) => events[index]!.network)).toEqual(['203.0.113.24', '203.0.113.24', '2001:db8::24']);
    for (const [ClientIP, network] of [
      ['::ffff:10.11.12.13', '10.11.12.13'],
      ['[::ffff:10.11.12.13]:12345', '10.11.12.13'],
      ['[10.11.12.13]', '10.11.12.13'],
      ['::1', null],
      ['localhost', null],
    ]) {
      expect(eventOf({ ...first, ClientIP }).network).toBe(network);
    }
  });

  test('how much a download took is told; what was only opened took nothing', () => {
    const bytesOf = (Operation: string, FileSizeBytes: unknown) =>
      eventOf({ ...first, Operation, FileSizeBytes }).attributes.bytes;
    expect(bytesOf('FileDownloaded', 48_213)).toBe(48_213);
    expect(bytesOf('FileAccessed', 48_213)).toBeUndefined();
    expect(bytesOf('FileDownloaded', 'much')).toBeUndefined();
  });

  test('class, agent, device, trust', () => {
    const classes = [
      'UserLoggedIn',
      'FileAccessed',
      'FileDownloaded',
      'MailItemsAccessed',
      'FileModified',
      'ExportReport',
    ];
    expect(classes.map((action) => named(action).class)).toEqual([
      'session',
      'read',
      'export',
      'read',
      'change',
      'export',
    ]);
    expect(named('UserLoggedIn')).toMatchObject({
      agent: 'Edge',
      binding: { device: 'd1d1d1d1-0000-4000-8000-000000000001' },
    });
    expect(named('FileAccessed')).toMatchObject({ trustedAt: '2026-03-02T07:59:12.000Z', agent: 'Edge' });
    expect(named('MailItemsAccessed')).toMatchObject({ agent: null, attributes: { client: 'OWA', items: 3 } });
    expect(named('MailItemsAccessed', 1).trustedAt).toBeUndefined();
  });

  test("the life of keys and accounts, and consent, as Entra's own log tells them", () => {
    expect(named('Add service principal credentials').life).toEqual({
      of: 'credential',
      what: 'created',
      externalId: 'e1e1e1e1-c3ea-46b9-9604-ff40d43b8619',
      identity: { issuer: 'entra', type: 'servicePrincipal', externalId: SP },
    });
    expect(named('Update application – Certificates and secrets management').life).toMatchObject({
      what: 'deleted',
      externalId: 'dbcd79c0-c3ea-46b9-9604-ff40d43b8618',
    });
    expect(named('Disable account').life).toMatchObject({
      what: 'disabled',
      externalId: '77770d0c-1111-4222-8333-444455556666',
    });
    expect(named('Consent to application').consent).toMatchObject({
      by: 'mia.berg@contoso.example',
      scope: 'Mail.Read Files.Read.All',
      id: SP,
    });
  });
});

test('refused with a reason: no operation, no time, a broken AuditData', () => {
  for (const other of [
    { ...first, Operation: '' },
    { ...first, CreationTime: 'x' },
    { AuditData: '{"Id"' },
    ['a', 'b'],
    'x',
    5,
  ]) {
    expect(normalise(other)).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
});

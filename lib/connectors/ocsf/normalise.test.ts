import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formats } from '@/lib/connectors/formats';
import { ocsfAction } from '@/lib/connectors/ocsf/action-format';
import { ocsfEvent } from '@/lib/connectors/ocsf/event-format';
import { ocsfFinding } from '@/lib/connectors/ocsf/finding-format';
import { normalise } from '@/lib/connectors/ocsf/normalise';
import { cut } from '@/lib/sessions/cut';
import type { SessionEventInput } from '@/lib/sessions/model';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/events.log'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const event = (nth: number) => eventOf(records[nth - 1]);

describe('in', () => {
  test('how much was handed over comes back as it went out', () => {
    const told = { ...event(1), attributes: { bytes: 48_213 } };
    expect(eventOf(ocsfEvent(told)).attributes.bytes).toBe(48_213);
    expect(eventOf(ocsfEvent({ ...told, attributes: {} })).attributes.bytes).toBeUndefined();
  });

  test('who: services, people, agents', () => {
    expect(event(1).identity).toEqual({
      issuer: 'ocsf:aws:111122223333',
      type: 'Service',
      externalId: 'svc-1001',
      name: 'svc-orders',
      kind: 'service_account',
    });
    expect(event(6).identity).toMatchObject({ externalId: 'p-7', kind: 'human' });
    expect(event(9).identity.kind).toBe('service_account');
    expect(event(10)).toMatchObject({
      identity: { externalId: 'agent-9', kind: 'ai_agent' },
      run: 'conv-1',
      ai: { model: 'gpt-5' },
    });
  });

  test('an assumed role is the role; a cloud’s own back end makes no session', () => {
    const actor = {
      user: { type: 'AssumedRole', uid: 'AROA1:i-1', uid_alt: 'arn:aws:sts::111122223333:assumed-role/pay/i-1' },
      session: { uid: 'ASIAEXAMPLE', issuer: 'arn:aws:iam::111122223333:role/pay' },
    };
    expect(eventOf({ ...records[1], actor })).toMatchObject({
      identity: { externalId: 'arn:aws:iam::111122223333:role/pay', name: 'pay', kind: 'workload' },
      session: { key: 'ASIAEXAMPLE' },
    });
    expect(eventOf({ ...records[1], actor, src_endpoint: { domain: 'ec2.amazonaws.com' } }).session).toBeNull();
  });

  test('session: native from sign-in to sign-out, else inferred; a refused sign-in makes none', () => {
    expect([1, 2, 4].map((nth) => [event(nth).session?.key, event(nth).session?.phase])).toEqual([
      ['sess-01', 'open'],
      ['sess-01', 'seen'],
      ['sess-01', 'close'],
    ]);
    expect(event(1).session?.observedBy).toBe('native');
    expect(event(9).session).toMatchObject({ observedBy: 'inferred', key: 'bot-3 10.0.0.5 curl' });
    expect(event(5)).toMatchObject({ session: null, outcome: 'failure' });
  });

  test('trust, end, credential, place', () => {
    expect(event(1)).toMatchObject({
      trustedAt: '2024-03-02T09:00:00.000Z',
      expiresAt: '2024-03-02T10:00:00.000Z',
      credential: { externalId: 'AKIAEXAMPLE1' },
      network: '198.51.100.7',
      region: 'eu-central-1',
      agent: 'Boto3 Python',
    });
    expect(event(6).acr).toBe('mfa');
  });

  test('class and life by activity', () => {
    expect([1, 2, 3, 6].map((nth) => event(nth).class)).toEqual(['session', 'read', 'change', 'change']);
    expect(event(6).life).toMatchObject({ of: 'identity', what: 'disabled', externalId: 'svc-1001' });
    expect(event(7).life).toEqual({ of: 'credential', what: 'rotated', externalId: 'AKIAEXAMPLE1' });
    expect(event(8).life).toMatchObject({ of: 'identity', what: 'disabled' });
    expect(event(3).life).toBeUndefined();
  });

  test('other classes are no session facts; what is no event is refused', () => {
    expect(normalise(records[10])).toEqual({ kind: 'skipped' });
    for (const bad of [null, {}, { class_uid: 3002 }, { ...records[0], time: 'x' }])
      expect(normalise(bad)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  });
});

describe('out', () => {
  const dir = path.join(import.meta.dirname, '..');
  const known: [string, string][] = [
    ['aws', 'aws/fixtures/events.json'],
    ['vault', 'vault/fixtures/audit.log'],
    ['keycloak', 'keycloak/fixtures/events.json'],
    ['teleport', 'teleport/fixtures/events.log'],
    ['postgres', 'postgres/fixtures/server.csv'],
    ['otel', 'otel/fixtures/otlp.json'],
  ];
  const events: SessionEventInput[] = known.flatMap(([name, file]) => {
    const format = formats().find((each) => each.name === name)!;
    return cut(format, fs.readFileSync(path.join(dir, file), 'utf8')).flatMap((raw) => {
      const read = 'record' in raw ? format.normalise(raw.record) : null;
      return read?.kind === 'event' ? [read.event] : [];
    });
  });

  test('every event has what its class requires', () => {
    expect(events.length).toBeGreaterThan(80);
    for (const each of events) {
      const out = ocsfEvent(each);
      expect(out).toMatchObject({
        metadata: { version: expect.any(String), uid: each.eventId },
        time: Date.parse(each.at),
      });
      expect(out.type_uid).toBe(Number(out.class_uid) * 100 + Number(out.activity_id));
      expect(out.category_uid).toBe(Math.trunc(Number(out.class_uid) / 1000));
      expect([3001, 3002, 6003]).toContain(out.class_uid);
      if (out.class_uid === 6003)
        expect(out).toMatchObject({ actor: { user: {} }, api: { operation: each.action }, src_endpoint: {} });
      else expect(out).toMatchObject({ user: { uid: expect.any(String) } });
    }
  });

  test('what went out comes back: who, which session, what, how it ended and from where', () => {
    const main = ({
      identity,
      session,
      credential,
      action,
      class: kind,
      outcome,
      network,
      region,
      agent,
      eventId,
      at,
      life,
    }: SessionEventInput) => ({
      identity,
      session: session && { key: session.key, kind: session.kind, phase: session.phase, gapSecs: session.gapSecs },
      credential,
      kind,
      action,
      outcome,
      network,
      region,
      agent,
      eventId,
      at,
      life,
    });
    for (const each of events) {
      const back = eventOf(JSON.parse(JSON.stringify(ocsfEvent(each))));
      const sameCredential = { ...main(back), credential: back.credential?.externalId, life: undefined };
      expect(sameCredential).toEqual({
        ...main(each),
        life: undefined,
        // A refused way in has no session to come back to; without one a credential has nowhere to stand.
        credential: each.credential?.externalId,
      });
    }
  });

  test('a finding: its class, severity, state and attacks', () => {
    const finding = {
      id: '0190a6f1-1111-7222-8333-444455556666',
      identityId: '0190a6f1-1111-7222-8333-000000000001',
      identityName: 'svc-orders',
      identityKind: 'service_account',
      detector: 'replay',
      severity: 'high',
      state: 'open',
      title: 'One session, two holders',
      summary: 'Session sess-01 was used from two networks at once.',
      occurrences: 1,
      firstSeenAt: '2024-03-02T09:00:00.000Z',
      lastSeenAt: '2024-03-02T09:01:00.000Z',
      mapping: [
        { framework: 'ATT&CK', id: 'T1550.001', name: 'Application Access Token' },
        { framework: 'OWASP NHI', id: 'NHI9:2025', name: 'NHI Reuse' },
      ],
    };
    expect(ocsfFinding(finding)).toMatchObject({
      class_uid: 2004,
      type_uid: 200401,
      severity_id: 4,
      status_id: 1,
      finding_info: { uid: finding.id, attacks: [{ technique: { uid: 'T1550.001' } }] },
      unmapped: { braid: { mapping: [{ id: 'NHI9:2025' }] } },
    });
    expect(ocsfFinding({ ...finding, occurrences: 3 }).type_uid).toBe(200402);
    expect(ocsfFinding({ ...finding, state: 'closed' })).toMatchObject({ type_uid: 200403, status_id: 4 });
  });

  test('an action: a sign-out for each session, a change of the account', () => {
    const action = {
      id: 'r1',
      at: '2024-03-02T09:00:00.000Z',
      identity: { externalId: 'svc-1001', name: 'svc-orders', kind: 'service_account' },
      by: 'dana',
      reason: 'Suspected token theft',
      state: 'verified',
    };
    expect(
      ocsfAction({ ...action, kind: 'terminate', sessions: ['a', 'b'] }).map((each) => [
        each.type_uid,
        each.status_detail,
      ]),
    ).toEqual([
      [300202, 'BRAID_ANALYST_TERMINATED'],
      [300202, 'BRAID_ANALYST_TERMINATED'],
    ]);
    expect(ocsfAction({ ...action, kind: 'revoke' })[0]).toMatchObject({ type_uid: 300105, user: { uid: 'svc-1001' } });
    expect(ocsfAction({ ...action, kind: 'pause' })[0]).toMatchObject({
      type_uid: 300412,
      entity: { uid: 'svc-1001' },
    });
  });
});

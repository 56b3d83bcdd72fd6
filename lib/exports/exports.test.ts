import { beforeAll, describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { ocsf } from '@/lib/connectors/ocsf/format';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { meaningOf } from '@/lib/exports/audit-format';
import { exportFile } from '@/lib/exports/export-file';
import type { Exported, FileFormat } from '@/lib/exports/model';
import { newId } from '@/lib/platform/ids';
import { ingest } from '@/lib/sessions/ingest';
import { listAllEvents } from '@/lib/sessions/list-all-events';
import { event } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
const vi = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

const file = async (what: Exported, format: FileFormat, query: Record<string, unknown> = {}) => {
  const { lines, ...rest } = await exportFile(vi, { what, format, query });
  let text = '';
  for await (const part of lines) text += part;
  return { ...rest, text, rows: text.split(/\r?\n/).filter(Boolean) };
};
const records = async (what: Exported, query: Record<string, unknown> = {}) =>
  (await file(what, 'ocsf', query)).rows.map((line) => JSON.parse(line) as Record<string, unknown>);

/** Attributes that OCSF 1.5 requires of every event, and of the classes Braid writes. */
const REQUIRED = {
  all: ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'],
  3001: ['user'],
  3002: ['user'],
  3004: ['entity'],
  6003: ['actor', 'api', 'src_endpoint'],
} as const;
/** Objects that have to name at least one of these. */
const NAMED = {
  user: ['name', 'uid'],
  entity: ['name', 'uid'],
  src_endpoint: ['ip', 'name', 'svc_name', 'uid', 'hostname'],
} as const;

function complete(each: Record<string, unknown>): void {
  const own = REQUIRED[each.class_uid as 3001 | 3002 | 3004 | 6003];
  expect(own).toBeDefined();
  for (const name of [...REQUIRED.all, ...own]) expect(each[name], name).toBeDefined();
  expect(each.type_uid).toBe(Number(each.class_uid) * 100 + Number(each.activity_id));
  expect(each.category_uid).toBe(Math.trunc(Number(each.class_uid) / 1000));
  expect(each.metadata).toMatchObject({ version: expect.any(String), product: { vendor_name: 'Braid' } });
  expect(Number.isInteger(each.time)).toBe(true);
  if (each.class_uid === 6003) expect(each.api).toMatchObject({ operation: expect.stringMatching(/\S/) });
  for (const [name, one] of Object.entries(NAMED)) {
    const object = each[name] as Record<string, unknown> | undefined;
    if (object) expect(one.some((member) => typeof object[member] === 'string' && object[member] !== '')).toBe(true);
  }
}

const COUNT = 450; // more than two pages

beforeAll(async () => {
  await applyTestPolicies();
  await ask({ action: 'record.read', session: { id: 'a' } });
  for (const cost of [60, 60]) await ask({ action: 'tool.call', context: { cost }, session: { id: 'b' } });
  await ingest([
    [
      event('in', 0, { key: 'k1', phase: 'open', class: 'session', action: 'login', who: 'opener' }),
      ...Array.from({ length: COUNT }, (_, n) =>
        event(`e${n}`, 1 + n, { key: 'k1', who: 'opener', network: '203.0.113.5', agent: 'curl/8', run: 'the run' }),
      ),
      event('out', 1000, { key: 'k1', phase: 'close', class: 'session', action: 'logout', who: 'opener' }),
      event('off', 5, {
        key: null,
        who: 'other',
        action: '=disable',
        class: 'change',
        life: { of: 'identity', what: 'disabled', externalId: 'victim' },
      }),
    ],
  ]);
});

describe('session events', () => {
  test('are listed page by page in one order, each once, by identity, run and time', async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listAllEvents(ctx, { limit: 200, cursor });
      seen.push(...page.items.map((one) => one.eventId));
      if (!page.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(COUNT + 3);
    expect(new Set(seen).size).toBe(COUNT + 3);
    const within = (await listAllEvents(ctx, { run: 'the run', to: '2024-05-01T10:00:02Z' })).items;
    expect(within.map((one) => one.eventId)).toEqual(['in', 'e0', 'e1']);
    await expect(listAllEvents(ctx, { cursor: 'x' })).rejects.toMatchObject({ code: 'input.invalid' });
  });

  test('leave as OCSF: each with what its class requires, and come back as what they were', async () => {
    const out = await records('events');
    expect(out).toHaveLength(COUNT + 3);
    for (const each of out) complete(each);
    const byId = new Map(out.map((each) => [(each.metadata as { uid: string }).uid, each]));
    expect(byId.get('in')).toMatchObject({ type_uid: 300201, session: { uid: 'k1' } });
    expect(byId.get('out')).toMatchObject({ type_uid: 300202 });
    expect(byId.get('off')).toMatchObject({ type_uid: 300105, user: { uid: 'victim' } });
    const back = ocsf.normalise(byId.get('e7'));
    expect(back).toMatchObject({
      kind: 'event',
      event: {
        eventId: 'e7',
        network: '203.0.113.5',
        agent: 'curl/8',
        identity: { externalId: 'opener', kind: 'service_account' },
        session: { key: 'k1', phase: 'seen' },
      },
    });
  });

  test('and as CSV, where no cell is a formula', async () => {
    const { rows, name, type } = await file('events', 'csv', { source: `log0` });
    expect(rows).toHaveLength(COUNT + 4);
    expect(rows[0]).toMatch(/^at,source,identity,/);
    expect(rows.find((line) => line.includes('disable'))).toContain("'=disable");
    expect(name).toMatch(/^braid-events-\d{8}T\d{6}\.csv$/);
    expect(type).toContain('text/csv');
  });
});

test('decisions leave as API Activity with verdict, rule and who asked', async () => {
  const out = await records('decisions');
  expect(out).toHaveLength(3);
  for (const each of out) complete(each);
  const [denied, ...allowed] = out;
  expect(denied).toMatchObject({
    class_uid: 6003,
    action: 'Denied',
    disposition: 'Blocked',
    status: 'Failure',
    api: { operation: 'tool.call' },
    policy: { uid: 'budget' },
    actor: { user: { name: 'svc-payments' }, authorizations: [{ decision: 'deny' }] },
  });
  for (const each of allowed) expect(each).toMatchObject({ action_id: 1, disposition_id: 1 });
  expect((await file('decisions', 'ndjson', { verdict: ['deny'] })).rows).toHaveLength(1);
});

test('every act of the audit log leaves in the class that fits it', async () => {
  const acts = [
    ['consent.revoke', 'consent', 3004],
    ['policy.apply', 'policy', 3004],
    ['connector.create', 'connector', 3004],
    ['playbook.start', 'playbook', 3004],
    ['response.act', 'response', 3004],
    ['signal.apply', 'signal', 3004],
    ['identity.revoke', 'identity', 3001],
    ['operator.sign_in_refused', null, 3002],
    ['audit.export', null, 6003],
  ] as const;
  await transaction(async (tx) => {
    for (const [action, type] of acts)
      await record(tx, ctx, {
        action,
        reason: 'why',
        ...(type ? { target: { type, id: newId(), name: 'a thing' } } : {}),
      });
  });
  const stored = await prisma().auditEntry.count();
  const out = await records('audit');
  expect(out).toHaveLength(stored);
  for (const each of out) complete(each);
  for (const [action, , classUid] of acts)
    expect(out.find((each) => (each.api as { operation: string }).operation === action)).toMatchObject({
      class_uid: classUid,
      message: 'why',
    });
  expect(meaningOf('operator.sign_in_refused', false)).toEqual([3002, 1, 'Logon']);
});

test('who took what out stands in the audit; a question that is wrong is refused before a line is written', async () => {
  await file('events', 'ndjson', { run: 'the run' });
  const entry = await prisma().auditEntry.findFirst({ where: { action: 'export.run' }, orderBy: { id: 'desc' } });
  expect(entry).toMatchObject({
    actorName: 'Vi',
    targetId: 'events',
    detail: { format: 'ndjson', filters: { run: 'the run' } },
  });
  await expect(exportFile(vi, { what: 'audit', format: 'csv', query: { run: 'x' } })).rejects.toThrow();
});

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list } from '@/lib/mappings/list';
import { retire } from '@/lib/mappings/retire';
import { save } from '@/lib/mappings/save';
import { show } from '@/lib/mappings/show';
import { tryOut } from '@/lib/mappings/try-out';
import { newId } from '@/lib/platform/ids';
import { drainInbox } from '@/lib/sessions/drain-inbox';
import { receiveEvents } from '@/lib/sessions/receive-events';
import { runImport } from '@/lib/sessions/run-import';
import { showBatch } from '@/lib/sessions/show-batch';
import { startImport } from '@/lib/sessions/start-import';
import { tail } from '@/lib/sessions/tail';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

const text = (name: string, action = 'what') => `
name: ${name}
time: ts
identity: { id: who, kind: service_account }
session: { key: sid }
action: ${action}
`;
const line = (n: number) =>
  `{"ts":"2026-05-01T10:00:0${n}Z","who":"svc-${n}","sid":"s${n}","what":"pay","then":"later"}`;
const send = (mapping: string, body: string) =>
  receiveEvents(systemCtx('test'), { format: 'generic', mapping, body: Buffer.from(body) });

test('a kept mapping reads what is sent under its name; a later version binds only what comes later', async () => {
  await save(ctx, { text: text('tills') });
  const first = await send('tills', `${line(1)}\n${line(2)}\n`);
  await save(ctx, { text: text('tills', 'then'), basedOn: 1, reason: 'renamed there' });
  const second = await send('tills', line(3));
  await drainInbox(systemCtx('inbox'));
  expect(await showBatch(ctx, { id: first.batchId })).toMatchObject({
    state: 'done',
    result: { format: 'tills', events: 2 },
  });
  expect(await showBatch(ctx, { id: second.batchId })).toMatchObject({ mapping: 'tills@2', result: { events: 1 } });
  const events = await prisma().sessionEvent.findMany({ where: { source: 'tills' }, orderBy: { at: 'asc' } });
  expect(events.map((event) => event.action)).toEqual(['pay', 'pay', 'later']);
  expect((await show(ctx, { name: 'tills' })).versions.map((row) => row.version)).toEqual([2, 1]);
  expect((await list(ctx, {})).items).toMatchObject([{ name: 'tills', version: 2, batches: 2 }]);
});

test('nothing is kept twice, over what somebody else kept, under another name, or by who may not', async () => {
  await save(ctx, { text: text('doors') });
  expect((await save(ctx, { text: text('doors') })).version).toBe(1);
  await expect(save(ctx, { text: text('doors', 'then'), basedOn: 0 })).rejects.toMatchObject({ code: 'conflict' });
  await expect(save(ctx, { text: text('doors', 'then') }, 'gates')).rejects.toThrow('calls itself doors');
  await expect(save(viewer, { text: text('doors', 'then') })).rejects.toMatchObject({ code: 'access.denied' });
});

test('a retired mapping takes nothing more, what waits is still read, and it can come back', async () => {
  await save(ctx, { text: text('gone') });
  const { batchId } = await send('gone', line(1));
  await retire(ctx, { name: 'gone' });
  await expect(send('gone', line(2))).rejects.toThrow('There is no mapping gone');
  await drainInbox(systemCtx('inbox'));
  expect(await showBatch(ctx, { id: batchId })).toMatchObject({ state: 'done', result: { events: 1 } });
  expect((await save(ctx, { text: text('gone') })).version).toBe(2);
  await send('gone', line(2));
});

test('generic without a mapping, and a mapping without generic, say what is needed', async () => {
  const body = Buffer.from(line(1));
  await expect(receiveEvents(ctx2, { format: 'generic', body })).rejects.toThrow('needs mapping=<name>');
  await expect(receiveEvents(ctx2, { format: 'aws', mapping: 'tills', body })).rejects.toThrow(
    'goes with format=generic',
  );
});
const ctx2 = systemCtx('test');

const upload = (body: string) => new Blob([body]).stream() as ReadableStream<Uint8Array>;

test('an uploaded file is read by a kept mapping, in the version of when it was sent', async () => {
  await save(ctx, { text: text('gates') });
  const { importId } = await startImport(ctx, { name: 'gates.log', mapping: 'gates', file: upload(`${line(1)}\n`) });
  await save(ctx, { text: text('gates', 'then'), basedOn: 1 });
  await runImport({ importId });
  const row = await prisma().import.findUniqueOrThrow({ where: { id: importId } });
  expect(row).toMatchObject({ format: 'generic gates@1', state: 'done', result: { events: 1, rejectedTotal: 0 } });
  const [event] = await prisma().sessionEvent.findMany({ where: { source: 'gates' } });
  expect(event?.action).toBe('pay');
  const bad = (more: { format?: string; mapping?: string }) => startImport(ctx, { ...more, file: upload(line(1)) });
  await expect(bad({ format: 'generic' })).rejects.toThrow('needs mapping=<name>');
  await expect(bad({ format: 'aws', mapping: 'gates' })).rejects.toThrow('goes with format=generic');
  await expect(bad({ mapping: 'nowhere' })).rejects.toThrow('There is no mapping nowhere');
});

test('a file that grows is followed by a kept mapping, each look by its version of then, or by one that is given', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'braid-mapped-'));
  const at = path.join(dir, 'lifts.log');
  await save(ctx, { text: text('lifts') });
  writeFileSync(at, `${line(1)}\n`);
  const look = () => tail(ctx2, { format: 'generic', mapping: 'lifts', path: at });
  expect(await look()).toMatchObject({ events: 1, rejectedTotal: 0 });
  await save(ctx, { text: text('lifts', 'then'), basedOn: 1 });
  appendFileSync(at, `${line(2)}\n`);
  expect(await look()).toMatchObject({ events: 1 });
  expect(await look()).toMatchObject({ events: 0, duplicates: 0 });
  const events = await prisma().sessionEvent.findMany({ where: { source: 'lifts' }, orderBy: { at: 'asc' } });
  expect(events.map((event) => event.action)).toEqual(['pay', 'later']);
  const other = path.join(dir, 'own.log');
  writeFileSync(other, `${line(3)}\n`);
  expect(await tail(ctx2, { format: 'generic', mappingText: text('own'), path: other })).toMatchObject({ events: 1 });
  await expect(tail(ctx2, { format: 'generic', path: other })).rejects.toThrow('needs mapping=<name>');
  rmSync(dir, { recursive: true });
});

test('tried on a sample it shows what would be stored, and why not the rest', () => {
  const sample = `${line(1)}\n{"ts":"yesterday","who":"x","what":"pay"}\nnot json\n`;
  expect(tryOut(viewer, { text: text('tried'), sample })).toMatchObject({
    problems: [],
    records: 3,
    events: 1,
    rejected: 2,
    identities: 1,
    sessions: 1,
    shown: [
      { line: 1, event: { identity: 'svc-1', action: 'pay', session: 's1' } },
      { line: 2, reason: 'has no time that can be read in ts' },
      { line: 3, event: null },
    ],
  });
});

test.each([
  [`${text('m')}actionn: x`, 'there is no member actionn (did you mean action?)'],
  [text('m').replace('action:', 'actionn:'), 'there is no member actionn (did you mean action?)'],
  [
    text('m').replace('kind: service_account', 'knd: service_account'),
    'identity: there is no member knd (did you mean kind?)',
  ],
  [text('m').replace(', kind: service_account', ''), 'identity.kind: is missing: one of service_account, api_key'],
  [text('m').replace('service_account', 'robot'), 'identity.kind: must be one of service_account, api_key'],
  [text('m').replace('time: ts', 'time: { zone: CET }'), 'time.path: is missing'],
  [text('m').replace('sid', '{ pathh: sid }'), 'session.key: there is no member pathh (did you mean path?)'],
  [text('m').replace('name: m', 'name: M y'), 'name: must be 2 to 40 small letters'],
])('a mapping that can’t be used says which member is wrong: %#', (given, said) => {
  const { problems } = tryOut(viewer, { text: given.replace('name: m\n', 'name: mm\n'), sample: '' });
  expect(problems.join('\n')).toContain(said);
});

import fs from 'node:fs';
import path from 'node:path';
import { MINUTE } from '@/bench/detect/records';
import { systemCtx } from '@/lib/access/model';
import { formatOf } from '@/lib/connectors/formats';
import { prisma } from '@/lib/db/client';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { importSource } from '@/lib/sessions/import';
import { ingest } from '@/lib/sessions/ingest';
import { listFiles } from '@/lib/sessions/list-files';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readSource } from '@/lib/sessions/read-source';

export interface Capture {
  name: string;
  events: number;
  found: { detector: string; severity: string; summary: string }[];
  /** What is not as it should be. */
  wrong: string[];
}

const data = path.resolve(import.meta.dirname, '../../../shared/data');
const ctx = systemCtx('detection');
/** What is known of them: an exercise with this tool, in which one instance's credentials were taken. */
const EXERCISE = 'stratus-red-team';

/** Reads the real captures that are there, as a live system would: minute by minute. */
export async function runCaptures(within: <T>(name: string, work: () => Promise<T>) => Promise<T>): Promise<Capture[]> {
  const captures: Capture[] = [];
  const invictus = path.join(data, 'cloudtrail-invictus/CloudTrail');
  const pgbouncer = path.join(data, 'pgbouncer');
  if (fs.existsSync(invictus)) captures.push(await within('bench_invictus', () => exercise(invictus)));
  if (fs.existsSync(pgbouncer)) captures.push(await within('bench_pgbouncer', () => pools(pgbouncer)));
  return captures;
}

const findings = () =>
  prisma().finding.findMany({
    select: { detector: true, severity: true, summary: true, identityId: true, evidence: true },
  });

async function exercise(folder: string): Promise<Capture> {
  const format = formatOf('aws')!;
  const events: SessionEventInput[] = [];
  for (const { path: file } of await listFiles([folder]))
    for await (const records of readSource(file, format))
      for (const raw of records) {
        const read = 'record' in raw ? format.normalise(raw.record) : null;
        if (read?.kind === 'event') events.push(read.event);
      }
  events.sort((a, b) => (a.at < b.at ? -1 : 1));
  let seenAt = Number.NaN;
  for (let from = 0; from < events.length; ) {
    const until = (Math.floor(Date.parse(events[from]!.at) / MINUTE) + 1) * MINUTE;
    let to = from;
    while (to < events.length && Date.parse(events[to]!.at) < until) to += 1;
    await ingest([events.slice(from, to)]);
    await scanSessions(ctx);
    if (Number.isNaN(seenAt) && (await prisma().finding.count({ where: { detector: 'instance-credentials' } })) > 0)
      seenAt = until;
    from = to;
  }
  const found = await findings();
  const theft = events.filter(
    (event) => event.identity.name.endsWith('steal-credentials-role') && event.network === '192.168.10.20',
  );
  const late = seenAt - Date.parse(theft[1]?.at ?? '');
  const wrong = late <= MINUTE ? [] : [`the theft was found ${late / 1000} s after its second event`];
  const stolen = found.filter((one) => one.detector === 'instance-credentials');
  if (stolen.length !== 1) wrong.push(`${stolen.length} findings of stolen instance credentials instead of one`);
  for (const one of found) {
    const { events: ids } = one.evidence as { events: string[] };
    const agents = await prisma().sessionEvent.findMany({
      where: { id: { in: ids }, identityId: one.identityId },
      select: { agent: true },
    });
    const own =
      one.summary.includes('steal-credentials-role') ||
      (agents.length > 0 && agents.every(({ agent }) => agent?.includes(EXERCISE)));
    if (!own) wrong.push(`${one.detector}: ${one.summary}`);
  }
  return {
    name: 'cloudtrail-invictus',
    events: events.length,
    found: found.map(({ detector, severity, summary }) => ({ detector, severity, summary })),
    wrong,
  };
}

async function pools(folder: string): Promise<Capture> {
  const { events } = await importSource(ctx, { format: 'pgbouncer', paths: [folder] });
  await scanSessions(ctx);
  const found = (await findings()).map(({ detector, severity, summary }) => ({ detector, severity, summary }));
  return { name: 'pgbouncer', events, found, wrong: found.map((one) => `${one.detector}: ${one.summary}`) };
}

/** Prints what was found in the captures. Returns how much of it is wrong. */
export function printCaptures(captures: readonly Capture[]): number {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (captures.length === 0) say('No real captures in ../shared/data: not checked on them.');
  for (const { name, events, found, wrong } of captures) {
    say(
      `${name}: ${events} events, ${found.length} ${found.length === 1 ? 'finding' : 'findings'}${wrong.length === 0 ? ', as it should be' : ''}`,
    );
    for (const one of found) say(`  ${one.severity} ${one.detector}: ${one.summary}`);
    for (const line of wrong) say(`  wrong   ${line}`);
  }
  return captures.reduce((sum, { wrong }) => sum + wrong.length, 0);
}

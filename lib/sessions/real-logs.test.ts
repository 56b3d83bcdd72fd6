// The figures real captures must give. They are read from ../shared/data where they are present.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { importSource } from '@/lib/sessions/import';
import { type Interval, openAt, peakOf, stepsOf } from '@/lib/sessions/overlap-state';

testDatabase();
const ctx = systemCtx('test');
const pgbouncer = path.join(projectRoot(), '../shared/data/pgbouncer');
const invictus = path.join(projectRoot(), '../shared/data/cloudtrail-invictus/CloudTrail');
const there = fs.existsSync(pgbouncer) && fs.existsSync(invictus);
if (!there) console.warn('the captures in ../shared/data are not here: their figures are not checked');

async function intervals(source: string): Promise<Interval[]> {
  const { rows } = await pool().query<{ started_at: Date; ended_at: Date | null }>(
    'select started_at, ended_at from sessions where source = $1 order by id',
    [source],
  );
  return rows.map((row) => ({ start: row.started_at.getTime(), end: row.ended_at?.getTime() ?? null }));
}

const identities = async (source: string) => {
  const { rows } = await pool().query<{ name: string; n: number; peak: number; at: Date }>(
    'select name, session_count as n, peak_sessions as peak, peak_at as at from identities where $1 = any(sources) and session_count > 0',
    [source],
  );
  return new Map(rows.map((row) => [row.name, row]));
};

describe.runIf(there)('PgBouncer', () => {
  test('the capture gives its sessions and peaks, once', async () => {
    const result = await importSource(ctx, { format: 'pgbouncer', paths: [pgbouncer] });
    expect(result).toMatchObject({
      format: 'pgbouncer',
      files: 1,
      lines: 100_000,
      events: 99_253,
      duplicates: 0,
      skipped: 747,
      rejectedTotal: 0,
      identities: 21,
      sessions: 49_626,
    });
    const all = await intervals('pgbouncer');
    expect(peakOf(stepsOf(all))).toEqual({ count: 177, at: Date.parse('2023-12-19T02:13:02.532Z') });
    expect(openAt(all, Date.parse('2023-12-19T02:10:00.000Z'))).toBe(126);
    const by = await identities('pgbouncer');
    expect(['game_api', 'payements', 'order_processor'].map((name) => by.get(name)!.peak)).toEqual([63, 56, 33]);
    expect([...by.values()].reduce((sum, each) => sum + each.n, 0)).toBe(49_626);

    const again = await importSource(ctx, { format: 'auto', paths: [pgbouncer] });
    expect(again).toMatchObject({ events: 0, duplicates: 99_253, sessions: 0, identities: 0, findings: 0 });
    expect(await intervals('pgbouncer')).toEqual(all);
  }, 120_000);
});

describe.runIf(there)('CloudTrail', () => {
  test('the capture gives its sessions and peaks, once', async () => {
    const result = await importSource(ctx, { format: 'cloudtrail', paths: [invictus] });
    expect(result).toMatchObject({ format: 'aws', files: 55, lines: 2900, rejectedTotal: 0, duplicates: 0 });
    const by = await identities('aws');
    expect(by.get('bert-jan')).toMatchObject({ n: 3, peak: 2 });
    expect(by.get('benjamin')).toMatchObject({ n: 2, peak: 2 });
    const before = await intervals('aws');
    const again = await importSource(ctx, { paths: [invictus] });
    expect(again).toMatchObject({ format: 'aws', events: 0, duplicates: result.events, sessions: 0 });
    expect(await intervals('aws')).toEqual(before);
  }, 60_000);
});

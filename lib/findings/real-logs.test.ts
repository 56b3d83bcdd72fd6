// Real captures hold pools, consoles and tools that are normal: detection has to be silent on them, or right.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { projectRoot } from '@/lib/platform/env';
import { importSource } from '@/lib/sessions/import';

testDatabase();
const ctx = systemCtx('test');
const pgbouncer = path.join(projectRoot(), '../shared/data/pgbouncer');
const invictus = path.join(projectRoot(), '../shared/data/cloudtrail-invictus/CloudTrail');
const there = fs.existsSync(pgbouncer) && fs.existsSync(invictus);
if (!there) console.warn('the captures in ../shared/data are not here: detection is not checked on them');

describe.runIf(there)('real logs', () => {
  test('21 service accounts in pools on up to eight addresses raise nothing', async () => {
    const result = await importSource(ctx, { format: 'pgbouncer', paths: [pgbouncer] });
    expect(result).toMatchObject({ sessions: 49_626, findings: 0 });
    const ids = (await prisma().identity.findMany({ select: { id: true } })).map(({ id }) => id);
    expect(await scanSessions(ctx, { identityIds: ids })).toMatchObject({ raised: 0 });
  }, 120_000);
  test('console and command line of one person at once raise nothing', async () => {
    const result = await importSource(ctx, { format: 'cloudtrail', paths: [invictus] });
    expect(result.events).toBeGreaterThan(2000);
    expect(await prisma().finding.findMany({ select: { detector: true, summary: true } })).toEqual([]);
  }, 120_000);
});

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
  test('of all sessions on two addresses the one that was stolen from an instance is found, with its first foreign call', async () => {
    const result = await importSource(ctx, { format: 'cloudtrail', paths: [invictus] });
    expect(result.events).toBeGreaterThan(2000);
    const found = await prisma().finding.findMany();
    expect(found).toMatchObject([
      {
        detector: 'instance-credentials',
        severity: 'critical',
        summary: expect.stringContaining('stratus-red-team-ec2-steal-credentials-role'),
      },
    ]);
    const foreign = await prisma().sessionEvent.findMany({
      where: { identityId: found[0]!.identityId, network: '192.168.10.20' },
      orderBy: { at: 'asc' },
    });
    expect(found[0]!.firstSeenAt).toEqual(foreign[0]!.at);
    expect(result.findings).toBe(1);
  }, 120_000);
});

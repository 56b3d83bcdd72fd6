// The end of access shows in its own log as a sign-out or a disconnect: that is what an end looks like, and no survival.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { formatOf } from '@/lib/connectors/formats';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { projectRoot } from '@/lib/platform/env';
import { cut } from '@/lib/sessions/cut';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';

testDatabase();
const START = Date.UTC(2026, 4, 4, 10);
const iso = (secs: number): string => new Date(START + secs * 1000).toISOString();

function recordsOf(name: string, file: string): SessionEventInput[] {
  const format = formatOf(name)!;
  const text = fs.readFileSync(path.join(projectRoot(), 'lib/connectors', name, 'fixtures', file), 'utf8');
  return cut(format, text).flatMap((raw) => {
    const read = 'record' in raw ? format.normalise(raw.record) : null;
    return read?.kind === 'event' ? [read.event] : [];
  });
}

const isEnd = (event: SessionEventInput) => event.session?.phase === 'close' && event.outcome === 'success';

test.each([
  ['keycloak', 'events.json'],
  ['okta', 'system-log.ndjson'],
  ['postgres', 'default.log'],
])('%s: disabled, and fifteen seconds later its session closes; a use in its stead is told', async (name, file) => {
  const all = recordsOf(name, file);
  const close = all.find(isEnd)!;
  expect(close).toBeDefined();
  const use = {
    ...close,
    session: { ...close.session!, phase: 'seen' as const },
    action: 'a.use',
    class: 'read' as const,
  };
  const disabled: SessionEventInput = {
    ...use,
    source: 'bench',
    eventId: `${name} disabled`,
    at: iso(0),
    identity: { issuer: 'bench', type: 'account', externalId: 'admin', name: 'admin', kind: 'human' },
    session: null,
    credential: null,
    class: 'change',
    action: 'user.disable',
    life: { of: 'identity', what: 'disabled', externalId: close.identity.externalId },
  };
  const told = async (events: SessionEventInput[]) => {
    await ingest([events]);
    await scanSessions(systemCtx('test'));
    const alias = await prisma().identityAlias.findFirstOrThrow({ where: { externalId: close.identity.externalId } });
    const found = await prisma().finding.findMany({ where: { identityId: alias.identityId } });
    return found
      .map(({ detector }) => detector)
      .filter((detector) => detector === 'survival' || detector === 'regrowth');
  };
  expect(await told([{ ...use, eventId: `${name} use`, at: iso(-60) }, disabled, { ...close, at: iso(15) }])).toEqual(
    [],
  );
  expect(await told([{ ...use, eventId: `${name} again`, at: iso(20) }])).toEqual(['regrowth']);
});

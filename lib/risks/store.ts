import { prisma } from '@/lib/db/client';
import type { Speaking } from '@/lib/risks/risk-state';

const MOST = 500;

const OPEN = `select id::text, detector, cause, severity, title, last_seen_at as "lastSeenAt", coalesce(evidence->'sessions', '[]') as sessions
  from findings where state in ('open', 'acknowledged')`;

type Row = Omit<Speaking, 'lastSeenAt'> & { lastSeenAt: Date };
const speaking = (rows: Row[]): Speaking[] => rows.map((row) => ({ ...row, lastSeenAt: row.lastSeenAt.toISOString() }));

/** Open findings whose evidence names a session, whoever's they are. */
export const findingsNaming = async (sessionId: string): Promise<Speaking[]> =>
  speaking(
    await prisma().$queryRawUnsafe<Row[]>(
      `${OPEN} and evidence->'sessions' ? $1 order by last_seen_at desc limit ${MOST}`,
      sessionId,
    ),
  );

export const findingsOf = async (identityId: string): Promise<Speaking[]> =>
  speaking(
    await prisma().$queryRawUnsafe<Row[]>(
      `${OPEN} and identity_id = $1::uuid order by last_seen_at desc limit ${MOST}`,
      identityId,
    ),
  );

/** What other systems last said of the risk of a session; null: there is no such session. */
export async function saidOfSession(id: string): Promise<{ said: string[] } | null> {
  const row = await prisma().session.findUnique({ where: { id }, select: { saidRisk: true } });
  return row && { said: Object.values((row.saidRisk ?? {}) as Record<string, string>) };
}
export const isIdentity = async (id: string): Promise<boolean> =>
  (await prisma().identity.count({ where: { id } })) > 0;

/** What each signal about a credential of it calls that credential: `source:event` → names, of its latest one. */
export async function namesInSignals(identityId: string): Promise<Map<string, string[]>> {
  const rows = await prisma().$queryRaw<{ cause: string; names: string[] }[]>`
    select distinct on (1) source_id::text || ':' || regexp_replace(event, '^.*/', '') as cause,
      array_remove(array[p->>'friendly_name', p->>'x509_serial', p->>'fido2_aaguid', p->>'credential_id'], null) as names
    from signals_in, lateral (select claims->'events'->event as p) said
    where ${identityId}::uuid = any(identity_ids) and event like '%credential%' order by 1, id desc`;
  return new Map(rows.map((row) => [row.cause, row.names]));
}

/** As many as an identity's page shows, in its order. */
export const credentialsOf = (identityId: string) =>
  prisma().credential.findMany({
    where: { identityId },
    orderBy: { id: 'asc' },
    take: 200,
    select: { id: true, externalId: true },
  });

export const sessionsIn = (ids: string[]) =>
  prisma().session.findMany({ where: { id: { in: ids } }, select: { id: true, credentialId: true, key: true } });

import { prisma } from '@/lib/db/client';

interface Counts {
  identities: bigint;
  live_sessions: bigint;
  open_findings: bigint;
  unfinished_revocations: bigint;
  waiting_approvals: bigint;
  connectors: bigint;
}

/** All of them in one statement, so that they are of one moment. */
export async function counts(now: Date): Promise<Counts> {
  const rows = await prisma().$queryRaw<Counts[]>`select
    (select count(*) from identities where attributes ->> 'continuedAs' is null) as identities,
    (select count(*) from sessions where ended_at is null and (live_until is null or live_until > ${now})) as live_sessions,
    (select count(*) from findings where state = 'open') as open_findings,
    (select count(*) from revocations where state in ('requested', 'accepted', 'effective', 'residual', 'failed', 'regrown') and undone_by is null and not drill)
      as unfinished_revocations,
    (select count(*) from access_requests where state = 'pending' and expires_at > ${now}) as waiting_approvals,
    (select count(*) from connectors) as connectors`;
  return rows[0]!;
}

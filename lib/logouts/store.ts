import { pool, prisma } from '@/lib/db/client';
import { literally } from '@/lib/http/model';

/** Sessions read at a time: whose they are is only known of each. */
const PAGE = 2_000;

export interface Named {
  id: string;
  name: string;
  state: string;
  protected: boolean;
}

/** Identities that go by this name in one of these namespaces. */
export async function identitiesNamed(namespaces: string[], externalId: string): Promise<Named[]> {
  const aliases = await prisma().identityAlias.findMany({
    where: { issuer: { in: namespaces }, externalId },
    select: { identity: { select: { id: true, name: true, state: true, protected: true } } },
    distinct: ['identityId'],
    take: 20,
  });
  return aliases.map((one) => one.identity);
}

export interface Live {
  id: string;
  identityId: string;
}

export interface Where {
  connectorId: string;
  namespaces: string[];
  /** null: of any identity. */
  identityIds: string[] | null;
  /** The provider's session id; null: whatever session. */
  sid: string | null;
}

/** Of a declared session: the namespace of its caller and the session id it gave, as `exposures` keeps them in its key. */
function declaredOf(groupKey: string): { namespace: unknown; sid: unknown } {
  try {
    const [namespace, , , sid] = JSON.parse(groupKey) as unknown[];
    return { namespace, sid };
  } catch {
    return { namespace: null, sid: null };
  }
}

/**
 * Live sessions that an issuer may end: those its connector lists, and those callers of the decision point in its namespaces
 * declared; none of whom Braid never ends. A session is the provider's where its key or the id its caller gave is the provider's session id.
 */
export async function liveSessionsAt(where: Where): Promise<Live[]> {
  const found: Live[] = [];
  for (let after: string | null = null; ; ) {
    const page: Row[] = await livePage(where, after);
    found.push(...(await meantOf(page, where)));
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}

type Row = Live & { source: string; groupKey: string };

function livePage({ connectorId, identityIds, sid }: Where, after: string | null): Promise<Row[]> {
  const listed = sid === null ? {} : { OR: [{ groupKey: sid }, { native: { path: ['sid'], equals: sid } }] };
  const declared = sid === null ? {} : { groupKey: { endsWith: literally(`,${JSON.stringify(sid)}]`) } };
  return prisma().session.findMany({
    where: {
      endedAt: null,
      ...(after ? { id: { gt: after } } : {}),
      ...(identityIds ? { identityId: { in: identityIds } } : {}),
      OR: [
        { connectorId, ...listed },
        { source: 'pdp', ...declared },
      ],
    },
    select: { id: true, identityId: true, source: true, groupKey: true },
    orderBy: { id: 'asc' },
    take: PAGE,
  });
}

/** Of these: those that callers in other namespaces declared are not the provider's, and protected identities are nobody's to end. */
async function meantOf(page: Row[], { namespaces, sid }: Where): Promise<Live[]> {
  const meant = page.filter((row) => {
    if (row.source !== 'pdp') return true;
    const own = declaredOf(row.groupKey);
    return namespaces.includes(String(own.namespace)) && (sid === null || own.sid === sid);
  });
  const own = await prisma().identity.findMany({
    where: { id: { in: [...new Set(meant.map((row) => row.identityId))] }, protected: true },
    select: { id: true },
  });
  const never = new Set(own.map((one) => one.id));
  return meant.flatMap(({ id, identityId }) => (never.has(identityId) ? [] : [{ id, identityId }]));
}

/** Of these sessions: how many these revocations end, and how many live that none of them ends. */
export async function cameOf(sessionIds: string[], revocationIds: string[]): Promise<{ ended: number; open: number }> {
  const { rows } = await pool().query<{ ended: number; open: number }>(
    `select count(*) filter (where t.taken)::int as ended, count(*) filter (where not t.taken and s.ended_at is null)::int as open
     from sessions s cross join lateral (select exists (select from revocations r where r.id = any($2::uuid[]) and s.id = any(r.session_ids)) as taken) t
     where s.id = any($1::uuid[])`,
    [sessionIds, revocationIds],
  );
  return rows[0]!;
}

export interface Order {
  id: string;
  kind: 'logout' | 'revocation';
  connectorId: string | null;
  issuer: string;
  jti: string;
  subject: object;
  receivedAt: Date;
}

const RECEIVED = 'received';
/** Whoever took it longer ago and has not finished is not there any more: its token may be sent again. */
const LOST_MS = 30_000;

/** Writes down that it came. false: this token was here before. What is older than `keptFrom` is forgotten. */
export async function take(order: Order, keptFrom: Date): Promise<boolean> {
  const { issuer, jti, receivedAt } = order;
  const lost = { issuer, jti, outcome: RECEIVED, receivedAt: { lt: new Date(receivedAt.getTime() - LOST_MS) } };
  await prisma().logoutOrder.deleteMany({ where: lost });
  const data = [{ ...order, outcome: RECEIVED }];
  const { count } = await prisma().logoutOrder.createMany({ data, skipDuplicates: true });
  if (count === 0) return false;
  await prisma().logoutOrder.deleteMany({ where: { receivedAt: { lt: keptFrom } } });
  return true;
}

export const finish = (id: string, outcome: string, identityIds: string[], revocationIds: string[]) =>
  prisma().logoutOrder.updateMany({
    where: { id },
    data: { outcome: outcome.slice(0, 500), identityIds, revocationIds },
  });

/** Takes back what could not be carried out, so that the same token may be sent again. */
export const forget = (id: string) => prisma().logoutOrder.deleteMany({ where: { id } });

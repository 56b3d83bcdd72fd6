import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { passed } from '@/lib/decisions/passed';
import { list as listExposures } from '@/lib/exposures/list';
import type { ExposureView } from '@/lib/exposures/model';
import { clock } from '@/lib/platform/clock';
import type { BlastRadius } from '@/lib/revocations/model';
import { preview } from '@/lib/revocations/preview';
import { list as listSessions } from '@/lib/sessions/list';
import { type LiveSession, PACE_MINUTES, type Room, SHOWN, type Triage, triageInput } from '@/lib/triage/model';
import { inFlightOf, perMinuteMilli, rank } from '@/lib/triage/rank-state';
import { readBound } from '@/lib/triage/store';

const MOST = 200;
type Passed = Awaited<ReturnType<typeof passed>>;
type Session = Awaited<ReturnType<typeof listSessions>>['items'][number];

function liveOf(session: Session, bound: boolean, spent: Passed, radius: BlastRadius): LiveSession {
  const system = radius.systems.find((one) => one.connectorId !== null && one.connectorId === session.connectorId);
  const known = radius.sessions.find((one) => one.id === session.id);
  return {
    id: session.id,
    label: session.label,
    bound,
    scoped: session.scope !== null,
    ends: session.expiresAt !== null,
    canEnd: known?.alone ?? known?.canEnd ?? true,
    endsInMs: system?.propagationMs ?? null,
    spent: spent.sessions.find((one) => one.sessionId === session.id)?.worth ?? [],
  };
}

/** What who asks has read already, of a revocation of this identity and of its exposures. */
interface Known {
  radius: BlastRadius;
  exposures: ExposureView[];
}

/** Which live session of an identity to end first, and what passes until the end binds. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { id: string }, known?: Known): Promise<Triage> {
  authorise(ctx, 'console.read');
  const { id } = triageInput.parse(input);
  const now = clock.ms();
  const from = new Date(now - PACE_MINUTES * 60_000).toISOString();
  const [radius, spent, exposures, live] = await Promise.all([
    known?.radius ?? preview(ctx, { kind: 'revoke', identityId: id }),
    passed(ctx, { identityId: id, from, to: new Date(now + 1_000).toISOString() }),
    known?.exposures ?? listExposures(ctx, { identityId: id }).then((page) => page.items),
    listSessions(ctx, { identityId: id, live: true, limit: MOST }),
  ]);
  const bound = await readBound(live.items.map((session) => session.id));
  const rooms = exposures.flatMap((one): Room[] =>
    one.limit === null
      ? []
      : [
          {
            name: one.meter,
            unit: one.unit,
            scale: one.scale,
            left: BigInt(one.limit) - BigInt(one.settled) - BigInt(one.held),
            sessionIds: one.contributors.flatMap((part) => part.sessionId ?? []),
          },
        ],
  );
  const worth = spent.worth.flatMap(({ unit, ...rest }) => (unit === null ? [] : [{ unit, ...rest }]));
  const [point] = radius.systems;
  const bindsMs = point?.propagationMs ?? 0;
  return {
    identityId: id,
    minutes: PACE_MINUTES,
    bindsMs,
    bindsMeasured: point?.measured ?? false,
    pace: worth.map((one) => ({
      unit: one.unit,
      scale: one.scale,
      perMinute: (perMinuteMilli(one.amount) / 1000n).toString(),
    })),
    inFlight: worth.map((one) => ({ unit: one.unit, scale: one.scale, amount: inFlightOf(one, bindsMs) })),
    order: rank(
      live.items.map((session) => liveOf(session, bound.has(session.id), spent, radius)),
      rooms,
    ).slice(0, SHOWN),
    sessionsTotal: radius.sessionsTotal,
  };
}

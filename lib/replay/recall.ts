import type { Seen, Trace } from '@/lib/decisions/model';
import { PLAIN_SESSION } from '@/lib/decisions/seen';
import type { Asked, CompiledSet, IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';
import type { WorldAsk } from '@/lib/replay/model';

const identityOf = (trace: Trace, seen: Seen): IdentitySeen => ({
  protected: false,
  environment: null,
  owner: null,
  purpose: null,
  concurrencyLimit: null,
  workflows: [],
  ...trace.identity,
  ...(seen.identity as Partial<IdentitySeen>),
});

function sessionOf(trace: Trace, seen: Seen): SessionSeen {
  const session = trace.session!;
  const braid = trace.request.context as { braid?: { session?: Partial<SessionSeen> } } | undefined;
  const { id: _id, label: _label, ...said } = braid?.braid?.session ?? {};
  const part = seen.session as Partial<SessionSeen> | undefined;
  return {
    ...PLAIN_SESSION,
    ...(part?.source && part.source !== 'pdp' ? {} : said),
    observedBy: session.observedBy,
    startedMs: Date.parse(session.startedAt),
    trustedMs: Date.parse(session.startedAt),
    lastEventMs: Date.parse(trace.at),
    ...part,
    id: session.id,
    identityId: trace.identity.id,
    label: session.label,
    liveUntilMs: null,
  };
}

const otherOf = (part: Partial<SessionSeen>, trace: Trace): SessionSeen => ({
  ...PLAIN_SESSION,
  label: '',
  lastEventMs: Date.parse(trace.at),
  startedMs: 0,
  trustedMs: part.startedMs ?? 0,
  ...part,
  id: part.id!,
  identityId: trace.identity.id,
  liveUntilMs: null,
});

const byStart = (a: SessionSeen, b: SessionSeen): number => a.startedMs - b.startedMs || (a.id < b.id ? -1 : 1);

/** Puts the question of a stored decision again, as it was put: who asked, from which session, beside which others. Pure. */
export function recall(trace: Trace, sets: CompiledSet[]): WorldAsk {
  const seen = trace.seen ?? {};
  const session = sessionOf(trace, seen);
  const others = (seen.sessions ?? []).map((part) => otherOf(part as Partial<SessionSeen>, trace));
  const workflows = Object.entries(seen.workflows ?? {}).map(([id, sessions]): [string, SessionSeen[]] => [
    id,
    sessions.map(([sessionId, identityId, startedMs]) => ({
      ...otherOf({ id: sessionId, startedMs }, trace),
      identityId,
    })),
  ]);
  const braid = (trace.request as unknown as Asked).context.braid as { credential?: { id: string } } | undefined;
  return {
    decisionId: trace.decisionId,
    atMs: Date.parse(trace.at),
    request: trace.request as unknown as Asked,
    identity: identityOf(trace, seen),
    session,
    sessions: [...others, ...(session.ended ? [] : [session])].sort(byStart),
    workflowSessions: new Map(workflows),
    truncated: seen.truncated === true,
    ...(seen.credentialId && !braid?.credential ? { credentialId: seen.credentialId } : {}),
    longest: seen.longest ?? 0,
    ...((trace.approval ?? trace.carried) ? { approval: (trace.approval ?? trace.carried)! } : {}),
    ...(trace.told === undefined ? {} : { toldMs: trace.told }),
    unavailable: trace.reason === 'state_unavailable',
    sets,
  };
}

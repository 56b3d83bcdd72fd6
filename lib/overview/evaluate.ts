import { pathHref } from '@/lib/findings/format';
import type { FindingRow } from '@/lib/findings/model';
import type { Minute, Need } from '@/lib/overview/model';
import type { RevocationRow } from '@/lib/revocations/model';

/** A connected system as far as its silence matters. Times ISO 8601. */
export interface SourceFact {
  id: string;
  name: string;
  enabled: boolean;
  health: string;
  healthDetail: string | null;
  lastSyncAt: string | null;
  createdAt: string;
  identityCount: number;
}

/** A connected system that has answered nothing for this long is silent, ms. */
const SILENT_MS = 300_000;

interface Ranked {
  rank: number;
  need: Need;
  /** Findings of one identity are one thing to look at. */
  identityId?: string;
}

const SEVERITY_RANK: Record<string, number> = { critical: 40, high: 30, medium: 20, low: 10 };
/** What failed can still reach everything it could; a residual dies by itself; what is under way is only waited for. */
const REVOCATION_RANK: Record<string, number> = {
  regrown: 38,
  failed: 35,
  residual: 25,
  unverifiable: 22,
  effective: 12,
  accepted: 12,
  requested: 12,
};

/** What moved a metered exposure before what is only a count of sessions; an identity that can do nothing any more last. */
function findingNeed(finding: FindingRow): Ranked {
  const ended = finding.identityState === 'revoked' ? 9 : finding.identityState === 'paused' ? 4 : 0;
  const path = pathHref(finding.evidence);
  return {
    identityId: finding.identityId,
    rank: (SEVERITY_RANK[finding.severity] ?? 10) + (path ? 1 : 0) - ended - (finding.state === 'acknowledged' ? 3 : 0),
    need: {
      id: finding.id,
      kind: 'finding',
      badge: finding.severity,
      name: finding.identityName,
      title: finding.title,
      sub: finding.summary,
      at: finding.lastSeenAt,
      href: path ?? `/findings/${finding.id}`,
      action: path ? 'Path' : 'Open',
    },
  };
}

const VERB: Record<RevocationRow['kind'], string> = {
  terminate: 'Termination of sessions',
  revoke: 'Revocation',
  rotate: 'Rotation',
  pause: 'Pause',
  resume: 'Resumption',
  restore: 'Restoration',
  consent: 'Taking back a consent',
};

function revocationNeed(revocation: RevocationRow): Ranked {
  const residuals = revocation.steps.flatMap((step) => step.residuals);
  const failing = revocation.steps.find((step) => step.state === revocation.state && step.detail);
  const first = residuals[0];
  const sub = first
    ? `${first.what}: ${first.why}`
    : (failing?.detail ??
      `${revocation.steps.filter((step) => step.state === 'verified').length} of ${revocation.steps.length} steps verified`);
  const said =
    revocation.state === 'regrown' ? 'Access grew back after the revocation of' : `${VERB[revocation.kind]} of`;
  return {
    rank: REVOCATION_RANK[revocation.state] ?? 12,
    need: {
      id: revocation.id,
      kind: 'revocation',
      badge: revocation.state,
      name: revocation.identityName,
      title:
        revocation.state === 'regrown'
          ? `${said} ${revocation.identityName}`
          : `${said} ${revocation.identityName} is not verified`,
      sub: sub.slice(0, 2000),
      at: revocation.requestedAt,
      href: `/revocations/${revocation.id}`,
      action: 'Proof',
    },
  };
}

/** null: it answers. */
function sourceNeed(source: SourceFact, nowMs: number): Ranked | null {
  if (!source.enabled) return null;
  const since = source.lastSyncAt ?? source.createdAt;
  const silent = nowMs - Date.parse(since) > SILENT_MS;
  if (!silent && source.health !== 'failing') return null;
  const judged = `${source.identityCount} ${source.identityCount === 1 ? 'identity is' : 'identities are'} judged on old state`;
  return {
    rank: 15,
    need: {
      id: source.id,
      kind: 'source',
      badge: source.health === 'failing' ? 'failing' : 'quiet',
      name: source.name,
      title: source.lastSyncAt ? `${source.name} has stopped answering` : `${source.name} has never answered`,
      sub: source.healthDetail ? `${judged} · ${source.healthDetail}` : judged,
      at: since,
      href: `/connectors#${source.id}`,
      action: 'Source',
    },
  };
}

/** Of each identity's findings the most pressing, which says how many more there are. */
function folded(sorted: readonly Ranked[]): Need[] {
  const others = new Map<string, number>();
  const kept = sorted.filter(({ identityId }) => {
    if (!identityId) return true;
    const before = others.get(identityId);
    others.set(identityId, before === undefined ? 0 : before + 1);
    return before === undefined;
  });
  return kept.map(({ need, identityId }) => {
    const count = (identityId && others.get(identityId)) || 0;
    return count > 0 ? { ...need, others: { count, href: `/findings?identityId=${identityId}&state=active` } } : need;
  });
}

/**
 * Everything that waits for somebody, most pressing first: by what it can still reach, then by how new it is. An identity's
 * findings are one row, or a single busy account hides all others.
 */
export function needsOf(
  findings: readonly FindingRow[],
  revocations: readonly RevocationRow[],
  sources: readonly SourceFact[],
  nowMs: number,
): Need[] {
  const all: Ranked[] = [
    ...findings.map(findingNeed),
    ...revocations.map(revocationNeed),
    ...sources.flatMap((source) => sourceNeed(source, nowMs) ?? []),
  ];
  return folded(all.sort((a, b) => b.rank - a.rank || (b.need.at ?? '').localeCompare(a.need.at ?? '')));
}

const MINUTE_MS = 60_000;

/** The last sixty minutes, one entry each, those without a decision included, oldest first. */
export function minutesOf(known: readonly Minute[], nowMs: number): Minute[] {
  const byMinute = new Map(known.map((minute) => [Math.floor(Date.parse(minute.at) / MINUTE_MS), minute]));
  const last = Math.floor(nowMs / MINUTE_MS);
  return Array.from({ length: 60 }, (_, at) => {
    const minute = last - 59 + at;
    const { allow = 0, step_up = 0, pause = 0, deny = 0 } = byMinute.get(minute) ?? {};
    return { at: new Date(minute * MINUTE_MS).toISOString(), allow, step_up, pause, deny };
  });
}

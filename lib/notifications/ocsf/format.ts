import { type ActionOut, ocsfAction, ocsfRemediation } from '@/lib/connectors/ocsf/action-format';
import { ocsfFinding } from '@/lib/connectors/ocsf/finding-format';
import { ocsfAct } from '@/lib/exports/audit-format';
import type { NoticeFact } from '@/lib/notifications/model';

/** What an event makes of the finding a SIEM keeps: its state there, and whether it is told of it for the first time. */
const LIFE: Partial<Record<NoticeFact['event'], 'open' | 'acknowledged' | 'suppressed' | 'closed'>> = {
  'finding.updated': 'open',
  'finding.reopened': 'open',
  'finding.acknowledged': 'acknowledged',
  'finding.suppressed': 'suppressed',
  'finding.closed': 'closed',
  'identity.restored': 'closed',
  'revocation.verified': 'closed',
  'revocation.residual': 'acknowledged',
  'revocation.unverifiable': 'acknowledged',
  'revocation.failed': 'acknowledged',
  'revocation.regrown': 'open',
};

type Part = Record<string, unknown>;

/**
 * A notice as an OCSF Detection Finding: `finding_info.uid` is what it is about, `metadata.uid` the event, so that a
 * collector knows one it has. Times are milliseconds, links absolute.
 */
export function ocsfOf(notice: NoticeFact, base: string): object {
  const { body, detector, target, event } = notice;
  const { identity } = body;
  const state = LIFE[event];
  const times = body.occurrences ?? 1;
  const finding = ocsfFinding({
    id: target.id,
    identityId: identity?.id ?? '',
    identityName: identity?.name ?? '',
    identityKind: identity?.kind ?? '',
    detector: detector ?? event,
    severity: notice.severity,
    state: state ?? 'open',
    title: body.title,
    summary: body.summary || body.title,
    occurrences: state ? Math.max(2, times) : 1,
    firstSeenAt: body.firstSeenAt ?? notice.at,
    lastSeenAt: body.lastSeenAt ?? notice.at,
    reasons: body.reasons,
    url: `${base}${body.path}`,
  });
  const { resources: _, evidences, ...told } = finding;
  return {
    ...told,
    time: Date.parse(notice.at),
    count: times,
    is_alert: event === 'finding.raised' || event === 'finding.reopened',
    metadata: { ...(finding.metadata as Part), uid: notice.id, event_code: event },
    ...(identity
      ? {
          evidences,
          resources: [
            {
              uid: identity.id,
              name: identity.name,
              type: identity.kind,
              ...(identity.owner ? { owner: { name: identity.owner } } : {}),
              labels: identity.workflows.map((workflow) => `workflow:${workflow}`),
            },
          ],
        }
      : {}),
    ...(body.end ? { remediation: { desc: body.end.how, references: [`${base}${body.end.path}`] } } : {}),
    unmapped: {
      braid: {
        ...(body.alone ? { alone: body.alone } : {}),
        ...(body.together ? { together: body.together } : {}),
        reasons: body.reasons,
      },
    },
  };
}

/**
 * What was done, beside the finding it is told as: every state of a revocation as Remediation Activity, and when it is asked
 * for the sign-out of each session or the change of the account; an act of the audit log as the log's export has it. Nothing
 * for other notices.
 */
export function ocsfActions({ id, at, body, target }: NoticeFact): object[] {
  const { action, act, identity } = body;
  if (act) return [ocsfAct(act)];
  if (!action) return [];
  const out: ActionOut = {
    id: target.id,
    kind: action.kind,
    at,
    identity: { externalId: identity?.name ?? '', name: identity?.name ?? '', kind: identity?.kind ?? '' },
    sessions: action.sessions,
    by: body.by ?? 'Braid',
    reason: body.summary,
    state: action.state,
  };
  const first = action.state === 'requested' ? ocsfAction(out) : [];
  return [...first, ocsfRemediation(out)].map((event) => ({
    ...event,
    metadata: { ...(event.metadata as Part), correlation_uid: target.id, original_event_uid: id },
  }));
}

import { DETECTORS, type Detector } from '@/lib/findings/model';
import type { NoticeFact } from '@/lib/notifications/model';

// OCSF 1.3 Detection Finding (class 2004): what a SIEM reads without a parser of its own.

const SEVERITY = { low: 2, medium: 3, high: 4, critical: 5 } as const;
const NAME = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' } as const;
const CREATE = { id: 1, name: 'Create' };
const UPDATE = { id: 2, name: 'Update' };
const CLOSE = { id: 3, name: 'Close' };
const STATUS = {
  new: { id: 1, name: 'New' },
  progress: { id: 2, name: 'In Progress' },
  suppressed: { id: 3, name: 'Suppressed' },
  resolved: { id: 4, name: 'Resolved' },
};

const LIFE: Partial<Record<NoticeFact['event'], [typeof CREATE, { id: number; name: string }]>> = {
  'finding.updated': [UPDATE, STATUS.new],
  'finding.reopened': [UPDATE, STATUS.new],
  'finding.acknowledged': [UPDATE, STATUS.progress],
  'finding.suppressed': [UPDATE, STATUS.suppressed],
  'finding.closed': [CLOSE, STATUS.resolved],
  'identity.restored': [CLOSE, STATUS.resolved],
  'revocation.verified': [CLOSE, STATUS.resolved],
  'revocation.residual': [UPDATE, STATUS.progress],
  'revocation.unverifiable': [UPDATE, STATUS.progress],
  'revocation.failed': [UPDATE, STATUS.progress],
  'revocation.regrown': [UPDATE, STATUS.new],
};

/** A notice as an OCSF Detection Finding. Times are milliseconds, ids are Braid's own, links absolute. */
export function ocsfOf(notice: NoticeFact, base: string): object {
  const { body, severity, detector, target } = notice;
  const { identity } = body;
  const [activity, status] = LIFE[notice.event] ?? [CREATE, STATUS.new];
  const at = Date.parse(notice.at);
  const ms = (text: string | undefined) => (text ? Date.parse(text) : at);
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_400 + activity.id,
    type_name: `Detection Finding: ${activity.name}`,
    time: at,
    severity_id: SEVERITY[severity],
    severity: NAME[severity],
    status_id: status.id,
    status: status.name,
    message: body.summary || body.title,
    is_alert: notice.event === 'finding.raised' || notice.event === 'finding.reopened',
    metadata: {
      version: '1.3.0',
      uid: notice.id,
      event_code: notice.event,
      product: { name: 'Braid', vendor_name: 'Braid', feature: { name: target.type } },
    },
    finding_info: {
      uid: target.id,
      title: body.title,
      desc: body.summary || body.title,
      types: [notice.event],
      created_time: ms(body.firstSeenAt),
      first_seen_time: ms(body.firstSeenAt),
      last_seen_time: ms(body.lastSeenAt),
      modified_time: at,
      src_url: `${base}${body.path}`,
      ...(detector
        ? { analytic: { uid: detector, name: DETECTORS[detector as Detector] ?? detector, type_id: 1, type: 'Rule' } }
        : {}),
    },
    ...(identity
      ? {
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
      ...(body.alone ? { alone: body.alone } : {}),
      ...(body.together ? { together: body.together } : {}),
      reasons: body.reasons,
    },
  };
}

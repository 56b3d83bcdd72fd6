import { baseOf, type OcsfRecord, userOf } from '@/lib/connectors/ocsf/event-format';

const SEVERITY: Record<string, number> = { low: 2, medium: 3, high: 4, critical: 5 };
const STATUS: Record<string, [number, string]> = {
  open: [1, 'New'],
  acknowledged: [2, 'In Progress'],
  suppressed: [3, 'Suppressed'],
  closed: [4, 'Resolved'],
};

/** What of a finding goes out. Times are ISO 8601. */
export interface FindingOut {
  id: string;
  identityId: string;
  identityName: string;
  identityKind: string;
  detector: string;
  severity: string;
  state: string;
  title: string;
  summary: string;
  occurrences: number;
  firstSeenAt: string;
  lastSeenAt: string;
  mapping?: readonly { framework: string; id: string; name: string }[];
  reasons?: readonly string[];
  /** Where people read on. */
  url?: string;
}

/** A finding as OCSF Detection Finding (2004): created, updated when it occurs again, closed. ATT&CK entries are its `attacks`. */
export function ocsfFinding(finding: FindingOut): OcsfRecord {
  const closed = finding.state === 'closed';
  const activity: [number, string] = closed ? [3, 'Close'] : finding.occurrences > 1 ? [2, 'Update'] : [1, 'Create'];
  const [statusId, status] = STATUS[finding.state] ?? [0, 'Unknown'];
  const mapping = finding.mapping ?? [];
  const attacks = mapping.filter((each) => /^T\d{4}/.test(each.id));
  const others = mapping.filter((each) => !/^T\d{4}/.test(each.id));
  return {
    ...baseOf({
      classUid: 2004,
      activityId: activity[0],
      activityName: activity[1],
      at: finding.lastSeenAt,
      uid: `${finding.id}:${finding.state}:${finding.occurrences}`,
      severityId: SEVERITY[finding.severity] ?? 0,
    }),
    severity: finding.severity.replace(/^./, (letter) => letter.toUpperCase()),
    status_id: statusId,
    status,
    message: finding.summary,
    count: finding.occurrences,
    is_alert: true,
    finding_info: {
      uid: finding.id,
      title: finding.title,
      desc: finding.summary,
      types: [finding.detector],
      analytic: { uid: finding.detector, name: finding.detector, type_id: 1, type: 'Rule' },
      created_time: Date.parse(finding.firstSeenAt),
      first_seen_time: Date.parse(finding.firstSeenAt),
      last_seen_time: Date.parse(finding.lastSeenAt),
      ...(attacks.length > 0 ? { attacks: attacks.map(({ id, name }) => ({ technique: { uid: id, name } })) } : {}),
      ...(finding.url ? { src_url: finding.url } : {}),
    },
    resources: [{ uid: finding.identityId, name: finding.identityName, type: finding.identityKind }],
    evidences: [
      {
        actor: {
          user: userOf({ externalId: finding.identityId, name: finding.identityName, kind: finding.identityKind }),
        },
        ...(finding.reasons && finding.reasons.length > 0 ? { data: { reasons: finding.reasons } } : {}),
      },
    ],
    ...(others.length > 0 ? { unmapped: { braid: { mapping: others } } } : {}),
  };
}

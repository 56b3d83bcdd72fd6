import { baseOf, userOf } from '@/lib/connectors/ocsf/event-format';
import type { DecisionRow } from '@/lib/decisions/model';
import type { Written } from '@/lib/exports/model';

/** What is not allowed now is denied for the caller, whatever it may do next: step up, wait, or nothing. */
const ACTION = { allow: [1, 'Allowed'], deny: [2, 'Denied'], pause: [2, 'Denied'], step_up: [2, 'Denied'] } as const;

/**
 * A decision as API Activity (6003) with the Security Control profile: the operation that was asked for, who asked for it, the
 * rule as `policy`, and both verdicts where OCSF has one.
 */
function ocsfDecision(row: DecisionRow): object {
  const [actionId, action] = ACTION[row.verdict];
  const allowed = row.verdict === 'allow';
  const rule = row.ruleId ? { uid: row.ruleId, name: row.ruleId, group: { name: row.policySet ?? '' } } : undefined;
  const base = baseOf({
    classUid: 6003,
    activityId: 99,
    activityName: 'Authorize',
    at: row.at,
    uid: row.id,
    severityId: allowed ? 1 : 2,
  });
  return {
    ...base,
    metadata: { ...(base.metadata as object), profiles: ['security_control'] },
    actor: {
      user: userOf({ externalId: row.identityId, name: row.identityName, kind: '' }),
      ...(row.sessionId ? { session: { uid: row.sessionId } } : {}),
      authorizations: [{ decision: row.verdict, ...(rule ? { policy: rule } : {}) }],
    },
    api: { operation: row.action, service: { name: 'braid decision point' } },
    src_endpoint: { name: row.sessionLabel ?? row.identityName },
    resources: [{ uid: row.resourceId, name: row.resourceId, type: row.resourceType }],
    action_id: actionId,
    action,
    disposition_id: allowed ? 1 : 2,
    disposition: allowed ? 'Allowed' : 'Blocked',
    status_id: allowed ? 1 : 2,
    status: allowed ? 'Success' : 'Failure',
    status_code: row.reason,
    ...(row.message ? { status_detail: row.message } : {}),
    ...(rule ? { policy: rule } : {}),
    duration: Math.round(row.latencyUs / 1000),
    unmapped: {
      braid: {
        verdict: row.verdict,
        alone: row.alone,
        dryRun: row.dryRun,
        ...(row.amount === null ? {} : { amount: row.amount, unit: row.unit, scale: row.scale }),
        exposureId: row.exposureId,
        holdId: row.holdId,
      },
    },
  };
}

/** Decisions in each format. */
export const WRITTEN_DECISIONS: Written<DecisionRow> = {
  csv: {
    header: [
      'at',
      'id',
      'identity',
      'identity_id',
      'session_id',
      'verdict',
      'alone',
      'reason',
      'policy_set',
      'rule',
      'action',
      'resource_type',
      'resource_id',
      'amount_minor',
      'unit',
      'scale',
      'dry_run',
      'latency_us',
    ],
    cells: (row) => [
      row.at,
      row.id,
      row.identityName,
      row.identityId,
      row.sessionId,
      row.verdict,
      row.alone,
      row.reason,
      row.policySet,
      row.ruleId,
      row.action,
      row.resourceType,
      row.resourceId,
      row.amount,
      row.unit,
      row.scale,
      String(row.dryRun),
      row.latencyUs,
    ],
  },
  ocsf: ocsfDecision,
};

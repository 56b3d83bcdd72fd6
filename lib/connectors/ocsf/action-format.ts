import { baseOf, type OcsfRecord, userOf, type Who } from '@/lib/connectors/ocsf/event-format';

/** What Braid did to an identity or its sessions. `at`: ISO 8601. */
export interface ActionOut {
  id: string;
  kind: 'terminate' | 'revoke' | 'rotate' | 'pause' | 'resume' | 'restore' | 'consent';
  at: string;
  identity: Who;
  /** Keys of the sessions that were ended. */
  sessions?: readonly string[];
  /** Who asked for it. */
  by: string;
  reason: string;
  state: string;
}

const DETAIL = {
  terminate: 'BRAID_ANALYST_TERMINATED',
  revoke: 'BRAID_IDENTITY_REVOKED',
  rotate: 'BRAID_SECRET_ROTATED',
  pause: 'BRAID_IDENTITY_PAUSED',
  resume: 'BRAID_IDENTITY_RESUMED',
  restore: 'BRAID_IDENTITY_RESTORED',
  consent: 'BRAID_CONSENT_TAKEN_BACK',
} as const;
/** Account Change for what closes or opens an account, Entity Management for what suspends it. */
const CLASS: Record<Exclude<ActionOut['kind'], 'terminate'>, [number, number, string]> = {
  revoke: [3001, 5, 'Disable'],
  rotate: [3001, 3, 'Password Change'],
  restore: [3001, 2, 'Enable'],
  pause: [3004, 12, 'Suspend'],
  resume: [3004, 13, 'Resume'],
  consent: [3004, 4, 'Delete'],
};

/** A revocation as OCSF: a sign-out for each session that was ended, or the change of the account. */
export function ocsfAction(action: ActionOut): OcsfRecord[] {
  const user = userOf(action.identity);
  const common = {
    actor: { user: { uid: action.by, name: action.by, type_id: 1 }, app_name: 'Braid' },
    status_id: action.state === 'failed' ? 2 : 1,
    status: action.state === 'failed' ? 'Failure' : 'Success',
    status_detail: DETAIL[action.kind],
    message: action.reason,
    unmapped: { braid: { revocation: action.id, state: action.state } },
  };
  if (action.kind !== 'terminate') {
    const [classUid, activityId, activityName] = CLASS[action.kind];
    const about =
      classUid === 3004 ? { entity: { ...user, type: action.kind === 'consent' ? 'Consent' : 'Service' } } : { user };
    return [{ ...baseOf({ classUid, activityId, activityName, at: action.at, uid: action.id }), ...common, ...about }];
  }
  return (action.sessions ?? []).map((key, index) => ({
    ...baseOf({ classUid: 3002, activityId: 2, activityName: 'Logoff', at: action.at, uid: `${action.id}:${index}` }),
    ...common,
    user,
    session: { uid: key, expiration_reason: 'Terminated' },
    disposition_id: 24,
    disposition: 'Access Revoked',
  }));
}

/** What a state says of a remediation: OCSF's status, and a word where it has none. */
const STATUS: Record<string, [number, string]> = {
  verified: [1, 'Success'],
  failed: [2, 'Failure'],
  regrown: [2, 'Failure'],
};
const OPENS = ['resume', 'restore'];

/** One state of a revocation as Remediation Activity: Evict what is ended, Restore what is given back. `at`: of the state. */
export function ocsfRemediation(action: ActionOut): OcsfRecord {
  const opens = OPENS.includes(action.kind);
  const [statusId, status] = STATUS[action.state] ?? [99, action.state];
  return {
    ...baseOf({
      classUid: 7001,
      activityId: opens ? 3 : 2,
      activityName: opens ? 'Restore' : 'Evict',
      at: action.at,
      uid: `${action.id}:${action.state}:remediation`,
    }),
    command_uid: action.id,
    actor: { user: { uid: action.by, name: action.by, type_id: 1 }, app_name: 'Braid' },
    status_id: statusId,
    status,
    status_detail: action.state,
    message: action.reason,
    remediation: { desc: DETAIL[action.kind] },
    countermeasures: [{ name: action.kind }],
    unmapped: { braid: { revocation: action.id, state: action.state, identity: userOf(action.identity) } },
  };
}

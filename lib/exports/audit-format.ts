import type { AuditRow } from '@/lib/audit/model';
import { baseOf, type OcsfRecord, userOf } from '@/lib/connectors/ocsf/event-format';
import type { Written } from '@/lib/exports/model';

type Meaning = readonly [classUid: number, activityId: number, activityName: string];

/** Acts that OCSF has a class of their own for. */
const OWN: Record<string, Meaning> = {
  'operator.sign_in': [3002, 1, 'Logon'],
  'operator.sign_in_refused': [3002, 1, 'Logon'],
  'operator.sign_out': [3002, 2, 'Logoff'],
  'operator.end_session': [3002, 2, 'Logoff'],
  'session.terminate': [3002, 2, 'Logoff'],
  'operator.create': [3001, 1, 'Create'],
  'operator.enable': [3001, 2, 'Enable'],
  'operator.change_password': [3001, 3, 'Password Change'],
  'operator.disable': [3001, 5, 'Disable'],
  'identity.restore': [3001, 2, 'Enable'],
  'identity.revoke': [3001, 5, 'Disable'],
  'identity.rotate': [3001, 3, 'Password Change'],
  'identity.pause': [3004, 12, 'Suspend'],
  'identity.resume': [3004, 13, 'Resume'],
};

/** Deeds that change a thing Braid keeps (a policy, a connector, a consent …), as Entity Management has them. */
const ENTITY: [RegExp, Meaning][] = [
  [/^(?:create|add|apply|give|start|propose|ask|raise|schedule|link_alias|grant)$/, [3004, 1, 'Create']],
  [/^(?:remove|drop|discard_draft|retire|revoke|unlink_alias|withdraw|cancel|release|stop)$/, [3004, 4, 'Delete']],
  [
    /^(?:update|set|rename|save_draft|promote|roll_back|exempt|end_exemption|rotate|point|hold|annotate|merge|unmerge|take|close|reopen|acknowledge|suppress|forget_expected|set_target|set_retention|abandon_rule|approve|deny|agree|refuse|undo|complete|contain|act|waive|finish|expire|lapse|end|decline|overdue)$/,
    [3004, 3, 'Update'],
  ],
];

/** Authentication and Account Change are about an account; Entity Management about a thing; all else is what was called. */
export function meaningOf(action: string, hasTarget: boolean): Meaning {
  const own = OWN[action];
  if (own) return own;
  const deed = action.split('.')[1] ?? '';
  const entity = hasTarget ? ENTITY.find(([like]) => like.test(deed))?.[1] : undefined;
  return entity ?? [6003, 99, 'Other'];
}

const FAILED = /_refused$|_failed$|\.refuse$|\.fail$/;

/** One act of the audit log as OCSF 1.x: who did what to what, and why. */
export function ocsfAct(row: AuditRow): OcsfRecord {
  const [classUid, activityId, activityName] = meaningOf(row.action, row.targetType !== null);
  const person = row.actorKind === 'operator' || row.actorKind === 'cli';
  const by = userOf({ externalId: row.actorId ?? row.actorName, name: row.actorName, kind: person ? 'human' : '' });
  const target = { uid: row.targetId ?? row.targetName ?? '', name: row.targetName ?? row.targetId ?? '' };
  const about = row.targetType === null ? by : { ...target, type_id: row.targetType === 'operator' ? 1 : 4 };
  const failed = FAILED.test(row.action);
  const parts: Record<number, OcsfRecord> = {
    3001: { user: about },
    3002: { user: row.action.startsWith('operator.sign') ? by : about },
    3004: { entity: { ...target, type: row.targetType ?? '' } },
    6003: row.targetType === null ? {} : { resources: [{ ...target, type: row.targetType }] },
  };
  return {
    ...baseOf({ classUid, activityId, activityName, at: row.at, uid: row.id }),
    actor: { user: by, app_name: 'Braid' },
    api: {
      operation: row.action,
      service: { name: 'braid' },
      ...(row.requestId ? { request: { uid: row.requestId } } : {}),
    },
    src_endpoint: { name: row.actorName },
    ...parts[classUid],
    status_id: failed ? 2 : 1,
    status: failed ? 'Failure' : 'Success',
    ...(row.reason ? { message: row.reason, comment: row.reason } : {}),
    unmapped: {
      braid: {
        action: row.action,
        actorKind: row.actorKind,
        detail: row.detail,
        grantId: row.grantId,
        sealedAs: row.sealedAs,
      },
    },
  };
}

/** Acts of the audit log in each format. */
export const WRITTEN_AUDIT: Written<AuditRow> = {
  csv: {
    header: [
      'at',
      'id',
      'actor_kind',
      'actor',
      'action',
      'target_type',
      'target_id',
      'target',
      'reason',
      'detail',
      'request_id',
      'grant_id',
      'sealed_as',
    ],
    cells: (row) => [
      row.at,
      row.id,
      row.actorKind,
      row.actorName,
      row.action,
      row.targetType,
      row.targetId,
      row.targetName,
      row.reason,
      JSON.stringify(row.detail),
      row.requestId,
      row.grantId,
      row.sealedAs,
    ],
  },
  ocsf: ocsfAct,
};

import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Differing, differing } from '@/lib/audit/standing/store';
import { TASK_OVER_DAYS } from '@/lib/sessions/task-model';

export interface Unproven {
  kind: Differing['kind'];
  /** `identity <id>` */
  record: string;
  message: string;
}

/**
 * Whether what decisions are made on is as sealed audit entries left it: identities that were revoked or paused, sessions and
 * tasks that were ended, tokens with what they may and how their point knows shared state, operators with their role and
 * password, roles for a time, and the version that decides of every policy set. What is tighter than the log says is not told: it opens nothing. `since`: the first day whose audit rows
 * are all kept (YYYY-MM-DD); null: all of them. At most 1,000.
 */
export async function proveStanding(ctx: Ctx, { since }: { since: string | null }): Promise<Unproven[]> {
  authorise(ctx, 'console.read');
  const wrong = await differing(since, TASK_OVER_DAYS);
  return wrong.map((one) => {
    const record = `${one.kind} ${one.id}`.slice(0, 200);
    return { kind: one.kind, record, message: `${saidOf(one)} ${WHY[one.kind][one.why]}`.slice(0, 2000) };
  });
}

const saidOf = ({ kind, id, name }: Differing): string =>
  kind === 'policy' ? `policy set ${id}` : `${kind} ${id}${name ? ` (${kind === 'session' ? 'of ' : ''}${name})` : ''}`;

const WHY: Record<Differing['kind'], Record<string, string>> = {
  identity: {
    gone: 'was revoked or paused, and is not there any more.',
    'identity.revoke': 'was revoked, and no longer says so.',
    'identity.pause': 'was paused, and no longer says so.',
  },
  session: {
    gone: 'was ended, and is not there any more.',
    ended: 'was ended, and no longer says so.',
  },
  task: {
    gone: 'was declared over, and no longer says so.',
    other: 'was declared over, and says that was earlier: it would be forgotten too soon.',
  },
  token: {
    nobody: 'has no sealed audit entry that says anybody made it.',
    other: 'is not what was made: its scopes, namespace, end or secret is another than its audit entry says.',
    point: 'has a point that is told of shared state another way than its audit entries say.',
    revoked: 'was revoked, and no longer says so.',
  },
  operator: {
    nobody: 'has no sealed audit entry that says anybody added them.',
    disabled: 'was disabled, and may sign in.',
    role: 'has a higher role than was given.',
    password: 'has another password than was set.',
  },
  grant: {
    nobody: 'holds a higher role for a time, and no sealed audit entry says that anybody gave it.',
    ended: 'holds a higher role for a time that was ended.',
    other: 'holds a higher role, longer or in another session than was given.',
  },
  policy: {
    nobody: 'decides, and no sealed audit entry says that anybody made it active.',
    gone: 'was made active, and no version of it decides any more.',
    retired: 'was retired, and decides all the same.',
    version: 'decides by another version than was made active.',
    text: 'decides by another text than was made active.',
    mode: 'decides in another mode than was made active.',
  },
};

import type { ObjectKind, ObjectRole } from '@/lib/playbooks/objects-model';

// What a finding's evidence puts into the case when a playbook is started. Pure.

interface Seen {
  id: string;
  identityId: string;
  runtime: string | null;
  device: string | null;
  run: string | null;
}
export interface Found {
  kind: ObjectKind;
  ref: string;
  role: ObjectRole;
  reason: string;
}

const MOST = 100;

/**
 * Pods and runs are the incident's own: what else lives in them has to end. A host or runtime is shared by many, so it is shown as
 * the place until somebody says that it is involved. Of another identity its sessions in evidence are involved, not all it does.
 */
export function objectsOf(identityId: string, sessions: readonly Seen[]): Found[] {
  const found = new Map<string, Found>();
  const add = (kind: ObjectKind, ref: string | null, role: ObjectRole) => {
    if (!ref || found.size >= MOST) return;
    const reason = kind === 'identity' ? 'it holds a session in the evidence' : 'in the finding’s evidence';
    found.set(`${kind} ${ref}`, { kind, ref: ref.slice(0, 512), role, reason });
  };
  for (const session of sessions) {
    add('session', session.id, 'involved');
    if (session.identityId !== identityId) add('identity', session.identityId, 'context');
    add('run', session.run, 'involved');
    if (session.runtime?.startsWith('pod ')) add('pod', session.runtime, 'involved');
    else add('runtime', session.runtime, 'context');
    add('host', session.device, 'context');
  }
  return [...found.values()];
}

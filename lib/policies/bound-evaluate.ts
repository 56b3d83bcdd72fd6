import { BOUND_FIELDS, type Bound, type BoundField } from '@/lib/policies/bound-model';
import type { SessionSeen } from '@/lib/policies/compiled-model';

// A session is bound to what was first known of it, or to what held when assurance was last given for it. Pure.

/** What is known of a session now. */
export function standing(session: SessionSeen): Bound {
  const now: Bound = {};
  for (const field of BOUND_FIELDS) {
    const value = session[field];
    if (value !== null && value !== undefined && value !== '') now[field] = value;
  }
  return now;
}

/** What a session is bound to after its caller says `next` of it: what was never known before binds from now on. */
export const boundAfter = (before: SessionSeen): Bound => ({ ...standing(before), ...before.bound });

/** The fields that are not what the session is bound to. What it is not bound to, or says nothing of, has not changed. */
export function changedFields(session: SessionSeen): BoundField[] {
  const { bound } = session;
  if (!bound) return [];
  return BOUND_FIELDS.filter((field) => {
    const was = bound[field];
    return was !== undefined && (session[field] ?? was) !== was;
  });
}

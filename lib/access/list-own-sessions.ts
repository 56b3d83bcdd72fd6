import type { Ctx, OwnSessionRow } from '@/lib/access/model';
import { sessionsOf } from '@/lib/access/store';
import { clock } from '@/lib/platform/clock';

/** Where the operator who asks is signed in, newest first, at most 100. Empty for any other actor. */
export async function listOwnSessions(ctx: Ctx, currentId?: string): Promise<OwnSessionRow[]> {
  if (ctx.actor.kind !== 'operator') return [];
  const rows = await sessionsOf(ctx.actor.id, clock.now());
  return rows.map((row) => ({
    id: row.id,
    current: row.id === currentId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ip: row.ip,
    userAgent: row.userAgent,
  }));
}

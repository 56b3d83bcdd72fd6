import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type SessionDetail, sessionIdSchema } from '@/lib/sessions/model';
import { readRelatives } from '@/lib/sessions/relatives/store';
import { readSession, rowOf } from '@/lib/sessions/store';

/** One session with all that is known of it. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<SessionDetail> {
  authorise(ctx, 'console.read');
  const { id } = sessionIdSchema.parse(input);
  const now = clock.now();
  const found = await readSession(id, now);
  if (!found) throw new BraidError('not_found', 'There is no such session.');
  const { session, identity, connector, credential, beside } = found;
  const { ancestors, children } = await readRelatives(id, now);
  return {
    ...rowOf(session, identity?.name ?? '', now),
    identityState: identity?.state ?? 'active',
    identityProtected: identity?.protected ?? false,
    device: session.device,
    runtime: session.runtime,
    task: session.task,
    connectorName: connector?.name ?? null,
    credential: credential && {
      id: credential.id,
      kind: credential.kind,
      externalId: credential.externalId,
      expiresAt: credential.expiresAt?.toISOString() ?? null,
    },
    parentId: session.parentId,
    lineage: session.lineage as SessionDetail['lineage'],
    ancestors,
    children,
    run: session.run,
    boundKey: session.boundKey,
    acr: session.acr?.slice(0, 100) ?? null,
    groupKey: session.groupKey.slice(0, 2048),
    native: session.native as Record<string, unknown>,
    beside,
  };
}

import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { addFormer } from '@/lib/exposures/former/store';
import { liveNow } from '@/lib/exposures/live-now';
import { type ExposureView, type ShowQuery, showQuerySchema } from '@/lib/exposures/model';
import { identityNamed, matching, viewsOf } from '@/lib/exposures/store';
import { SCOPES } from '@/lib/policies/model';

/** What people call a scope, beside what policies write: an account is a resource, a workload what a session runs on. */
const CALLED: Record<string, string> = { ...SCOPES, account: SCOPES.resource!, instrument: SCOPES.credential! };

/**
 * Exposures by id, meter, scope or key as they stand now: limit, settled, held, available, and who holds it; the hundred
 * nearest to their limit, those first. A scope is an expression as policies write it, or a word: account, identity, device,
 * workload, session, credential, network, region. An identity is named as its caller names it, or by its id.
 */
export async function show(ctx: Ctx, query: ShowQuery): Promise<{ items: ExposureView[] }> {
  authorise(ctx, may(ctx.actor, 'decision.ask') ? 'decision.ask' : 'console.read');
  const found = await matching(await asked(ctx, showQuerySchema.parse(query)));
  return { items: await liveNow(await addFormer(found, viewsOf)) };
}

async function asked(ctx: Ctx, { scope, ...rest }: ShowQuery): Promise<ShowQuery> {
  if (!scope) return rest;
  const called = { ...rest, scope: CALLED[scope] ?? scope };
  if (called.scope !== SCOPES.identity || !rest.key) return called;
  const issuer = ctx.actor.kind === 'token' ? ctx.actor.issuer : null;
  return { ...called, key: (await identityNamed(issuer, rest.key)) ?? rest.key };
}

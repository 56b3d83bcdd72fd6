import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { show } from '@/lib/connectors/show';
import { type DrillPreview, startSchema } from '@/lib/drills/model';
import { canaryOf, liveIn } from '@/lib/drills/store';
import { named } from '@/lib/responses/evaluate';
import { showGuardrails } from '@/lib/responses/show-guardrails';
import { preview as previewRevocation } from '@/lib/revocations/preview';

const has = (means: string | undefined): boolean => means !== undefined && means !== 'none';

/** What a drill of this system would end and how it would be measured, or why it can't be held. Throws `not_found`. */
export async function preview(ctx: Ctx, input: z.input<typeof startSchema>): Promise<DrillPreview> {
  authorise(ctx, 'console.read');
  const { connectorId } = startSchema.parse(input);
  const connector = await show(ctx, { id: connectorId });
  const { capabilities, title } = connector;
  const canary = connector.values.canary || null;
  const identity = canary ? await canaryOf(connectorId, canary) : null;
  const base = {
    connectorId,
    connectorName: connector.name,
    canary,
    identityId: identity?.id ?? null,
    method: has(capabilities.canary) ? ('entry' as const) : ('declared' as const),
    systems: [],
    sessions: 0,
  };
  const refused = (why: string): DrillPreview => ({ ...base, refused: why });
  if (connector.state !== 'enabled') return refused(`${connector.name} is disabled: enable it on its card first.`);
  if (!has(capabilities.revokeAll)) return refused(`${title} can’t end all access of an identity.`);
  if (!has(capabilities.restore)) return refused(`${title} gives nothing back, so the canary would be lost.`);
  if (!canary)
    return refused('No canary is named: name an identity nothing depends on as its canary, in the settings.');
  if (!identity)
    return refused(
      `${canary} has not been seen in ${connector.name} yet: look at it with “Sync now”, or correct its name in the settings.`,
    );
  if (identity.protected) return refused(`${identity.name} is protected and never ended by Braid.`);
  if (identity.state !== 'active')
    return refused(`${identity.name} is ${identity.state}, so nothing could be measured.`);
  const never = (await showGuardrails(ctx)).never.find((one) => named(one, identity.name));
  if (never !== undefined)
    return refused(
      `${identity.name} is never touched by what nobody looks at (“${never}”): Settings → Automatic response.`,
    );
  const radius = await previewRevocation(ctx, { kind: 'revoke', identityId: identity.id });
  const here = radius.systems.filter((system) => system.connectorId === connectorId).map((system) => system.name);
  return { ...base, systems: here, sessions: await liveIn(connectorId, identity.id), refused: null };
}

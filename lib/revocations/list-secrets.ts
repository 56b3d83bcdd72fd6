import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { refSchema } from '@/lib/revocations/model';
import { KEPT_DAYS, type NewSecret, type SecretState } from '@/lib/revocations/rotated/model';
import { type StoredSecret, secretsOf } from '@/lib/revocations/rotated/store';
import { show } from '@/lib/revocations/show';

const DAY = 86_400_000;

/** Where one new secret stands. It is handed over only once its system has been asked what is left of the old one. */
export function stateOfSecret(row: StoredSecret): SecretState {
  if (row.takenAt) return 'taken';
  if (row.sealed === null) return 'gone';
  if (!row.readyAt) return 'making';
  return row.made ? 'ready' : 'none';
}

/** The secrets a rotation made, without what they are. Throws `not_found`. */
export async function listSecrets(ctx: Ctx, input: z.input<typeof refSchema>): Promise<{ items: NewSecret[] }> {
  authorise(ctx, 'console.read');
  const row = await show(ctx, refSchema.parse(input));
  const items = (await secretsOf(row.id)).map((one): NewSecret => {
    const state = stateOfSecret(one);
    return {
      id: one.id,
      connectorId: one.connectorId,
      system: row.steps.find((step) => step.connectorId === one.connectorId)?.system ?? 'a system',
      externalId: one.externalId,
      state,
      until: state === 'ready' && one.readyAt ? new Date(one.readyAt.getTime() + KEPT_DAYS * DAY).toISOString() : null,
      takenAt: one.takenAt?.toISOString() ?? null,
      takenBy: one.takenBy,
    };
  });
  return { items };
}

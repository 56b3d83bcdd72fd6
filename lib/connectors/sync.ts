import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { askLook } from '@/lib/connectors/ask-look';
import { refSchema } from '@/lib/connectors/model';
import { lockConnector } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { BraidError } from '@/lib/platform/errors';

/** Asks for a full look now: identities and sessions. Whoever follows the connector does it; without a follower the job does. */
export async function sync(ctx: Ctx, input: z.input<typeof refSchema>): Promise<void> {
  authorise(ctx, 'connector.manage');
  const { id } = refSchema.parse(input);
  await transaction(async (tx) => {
    const row = await lockConnector(tx, id);
    if (!row) throw new BraidError('not_found', 'This connector no longer exists.');
    if (row.state !== 'enabled') throw new BraidError('conflict', `${row.name} is disabled: enable it first.`);
    await askLook(tx, id);
    await enqueue(tx, 'sync-connector', { connectorId: id }, { key: `sync:${id}`, maxAttempts: 3 });
    await record(tx, ctx, { action: 'connector.sync', target: { type: 'connector', id, name: row.name } });
    await hint(tx, 'connector', [id]);
  });
}

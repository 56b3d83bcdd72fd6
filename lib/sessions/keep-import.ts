import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { importResultSchema } from '@/lib/sessions/import-model';
import { insertImport } from '@/lib/sessions/imports/store';

const inputSchema = z.strictObject({
  name: z.string().max(300),
  format: z.string().max(40),
  startedAt: z.date(),
  /** What came of it, or why it failed. */
  result: importResultSchema.optional(),
  error: z.string().max(1000).optional(),
});

/** Keeps what came of an import that ran by itself (the command line), so that it stands in the list. What went in is audited where it ran. */
export async function keepImport(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<void> {
  authorise(ctx, 'import.run');
  const { name, format, startedAt, result, error } = inputSchema.parse(input);
  await transaction(async (tx) => {
    await insertImport(tx, {
      id: newId(),
      name,
      format,
      state: error ? 'failed' : 'done',
      ...(result ? { result } : {}),
      error: error ?? null,
      actorName: ctx.actor.name,
      createdAt: startedAt,
      finishedAt: clock.now(),
    });
    if (error)
      await record(tx, ctx, {
        action: 'import.fail',
        target: { type: 'import', id: name, name },
        detail: { format, error },
      });
    await hint(tx, 'import');
  });
}

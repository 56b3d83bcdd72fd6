import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { toRow } from '@/lib/connectors/list';
import { type ConnectorDetail, refSchema } from '@/lib/connectors/model';
import { pullsOf } from '@/lib/connectors/pulls/store';
import { moduleOf } from '@/lib/connectors/registry';
import { countsOf, findConnector } from '@/lib/connectors/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const text = (value: unknown): string =>
  value === null || value === undefined || typeof value === 'object' ? '' : String(value);

/** One connector with what it can do and its settings, secrets left out. Throws `not_found`. */
export async function show(ctx: Ctx, input: z.input<typeof refSchema>): Promise<ConnectorDetail> {
  authorise(ctx, 'console.read');
  const { id } = refSchema.parse(input);
  const row = await findConnector(id);
  if (!row) throw new BraidError('not_found', 'There is no such connector.');
  const { manifest } = moduleOf(row.vendor);
  const config = manifest.config.parse(row.config);
  const known = config as unknown as Record<string, unknown>;
  const plain = manifest.form.filter((field) => !field.secret);
  return {
    ...toRow(row, (await countsOf([id])).get(id)!, (await pullsOf([id], clock.now())).get(id)),
    form: manifest.form,
    values: {
      ...Object.fromEntries(plain.map((field) => [field.name, text(known[field.name])])),
      ...manifest.values?.(config),
      ...(typeof known.ownNetwork === 'boolean' ? { ownNetwork: known.ownNetwork ? 'yes' : 'no' } : {}),
    },
    pollMs: config.pollMs,
    linkByName: config.linkByName,
  };
}

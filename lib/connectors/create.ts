import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { type CreateInput, createInputSchema } from '@/lib/connectors/model';
import { notesOf } from '@/lib/connectors/notes-of';
import { ownServer } from '@/lib/connectors/open';
import { moduleOf, parseValues } from '@/lib/connectors/registry';
import { insertConnector, nameTaken } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { seal } from '@/lib/platform/secrets';

/**
 * Connects a system. It must be reachable now (`connector.unreachable`, `connector.refused`); missing rights are no obstacle,
 * they show as degraded health. Secrets are sealed for this row; following starts within two seconds.
 */
export async function create(ctx: Ctx, input: CreateInput): Promise<{ id: string }> {
  authorise(ctx, 'connector.manage');
  const { vendor, name, values, issuer } = createInputSchema.parse(input);
  const module = moduleOf(vendor);
  const { config, secrets } = parseValues(module, values);
  const id = newId();
  const notes = notesOf(id, module.manifest.target(config));
  const connection = await module.connect(config, secrets, { connectorId: id, own: await ownServer(), notes });
  const tested = await connection.test().finally(() => connection.close());
  const missing = tested.checks.find((check) => !check.ok);
  await transaction(async (tx) => {
    if (await nameTaken(tx, name)) throw new BraidError('conflict', `There is already a connector called ${name}.`);
    await insertConnector(tx, {
      id,
      name,
      vendor,
      issuer,
      config: config as object,
      sealedSecrets: seal(JSON.stringify(secrets), `connector:${id}`),
      health: missing ? 'degraded' : 'ok',
      healthDetail: missing ? `${missing.check}: ${missing.detail}` : null,
    });
    await record(tx, ctx, {
      action: 'connector.create',
      target: { type: 'connector', id, name },
      detail: { vendor, target: module.manifest.target(config), issuer },
    });
    await hint(tx, 'connector', [id]);
  });
  return { id };
}

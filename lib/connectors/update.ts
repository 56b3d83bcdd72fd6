import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { type UpdateInput, updateInputSchema } from '@/lib/connectors/model';
import { ownServer, secretsOf } from '@/lib/connectors/open';
import { dropConnection, moduleOf, parseValues } from '@/lib/connectors/registry';
import { changeConnector, findConnector, lockConnector, nameTaken, type Stored } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { seal } from '@/lib/platform/secrets';

/** Secrets the form left empty keep their stored value, unless a new URL brings its own. */
export function keepSecrets(row: Stored, values: Record<string, string>): Record<string, string> {
  if (values.url) return values;
  const stored = secretsOf(row) as Record<string, string>;
  const kept = Object.fromEntries(Object.entries(stored).filter(([name]) => !values[name]));
  return { ...values, ...kept };
}

async function prove(row: Stored, values: Record<string, string>) {
  const module = moduleOf(row.vendor);
  const parsed = parseValues(module, keepSecrets(row, values));
  const connection = await module.connect(parsed.config, parsed.secrets, {
    connectorId: row.id,
    own: await ownServer(),
  });
  await connection.close();
  return parsed;
}

/** Renames, enables, disables or re-points a connector; new settings must connect first. */
export async function update(ctx: Ctx, input: UpdateInput): Promise<void> {
  authorise(ctx, 'connector.manage');
  const { id, name, values, state, reason } = updateInputSchema.parse(input);
  const before = await findConnector(id);
  if (!before) throw new BraidError('not_found', 'This connector no longer exists.');
  const settings = values ? await prove(before, values) : undefined;
  await transaction(async (tx) => {
    const row = await lockConnector(tx, id);
    if (!row) throw new BraidError('not_found', 'This connector no longer exists.');
    if (name && (await nameTaken(tx, name, id))) {
      throw new BraidError('conflict', `There is already a connector called ${name}.`);
    }
    await changeConnector(tx, id, {
      ...(name ? { name } : {}),
      ...(state ? { state, health: 'unknown', healthDetail: null } : {}),
      ...(settings
        ? {
            config: settings.config as object,
            sealedSecrets: seal(JSON.stringify(settings.secrets), `connector:${id}`),
            health: 'unknown',
            healthDetail: null,
          }
        : {}),
    });
    const action =
      state && state !== row.state
        ? state === 'enabled'
          ? 'connector.enable'
          : 'connector.disable'
        : 'connector.update';
    await record(tx, ctx, {
      action,
      target: { type: 'connector', id, name: name ?? row.name },
      reason,
      detail: { name: name ?? row.name, state: state ?? row.state, settingsChanged: Boolean(settings) },
    });
    await hint(tx, 'connector', [id]);
  });
  dropConnection(id);
}

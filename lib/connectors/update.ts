import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { dropLooks } from '@/lib/connectors/looks/store';
import { type UpdateInput, updateInputSchema } from '@/lib/connectors/model';
import { notesOf } from '@/lib/connectors/notes-of';
import { ownServer, secretsOf } from '@/lib/connectors/open';
import { dropPulls } from '@/lib/connectors/pulls/store';
import { dropConnection, moduleOf, parseValues } from '@/lib/connectors/registry';
import {
  changeConnector,
  findConnector,
  lockConnector,
  markUnwatched,
  markWatched,
  nameTaken,
  type Stored,
} from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { seal } from '@/lib/platform/secrets';

/**
 * Secrets the form left empty keep their stored value, unless a new URL brings its own. They never follow the settings to
 * another place, or over weaker TLS: whoever listens there could ask for them. Throws `input.invalid`.
 */
export function keepSecrets(row: Stored, values: Record<string, string>): Record<string, string> {
  if (values.url) return values;
  const { manifest } = moduleOf(row.vendor);
  const stored = secretsOf(row) as Record<string, string>;
  const kept = Object.fromEntries(Object.entries(stored).filter(([name, value]) => value && !values[name]));
  if (!Object.keys(kept).length) return values;
  const before = manifest.config.parse(row.config);
  const after = manifest.config.safeParse(manifest.split(values).config);
  if (!after.success) return values;
  const same = manifest.sameTarget
    ? manifest.sameTarget(before, after.data)
    : manifest.target(before) === manifest.target(after.data);
  if (same) return { ...values, ...kept };
  const message = 'have to be given again: the stored ones stay with the place they were given for';
  throw new BraidError(
    'input.invalid',
    `Other settings of where and how to connect: ${Object.keys(kept).join(', ')} ${message}.`,
    {
      detail: Object.keys(kept).map((path) => ({ path, message: 'has to be given again' })),
    },
  );
}

async function prove(row: Stored, values: Record<string, string>) {
  const module = moduleOf(row.vendor);
  const parsed = parseValues(module, keepSecrets(row, values));
  const connection = await module.connect(parsed.config, parsed.secrets, {
    connectorId: row.id,
    own: await ownServer(),
    notes: notesOf(row.id, module.manifest.target(parsed.config)),
  });
  await connection.close();
  return parsed;
}

/** null: what is stored can't be read any more. */
function targetOf(row: Stored): string | null {
  const { manifest } = moduleOf(row.vendor);
  const config = manifest.config.safeParse(row.config);
  return config.success ? manifest.target(config.data) : null;
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
            // It may lead elsewhere from now on.
            system: null,
            sealedSecrets: seal(JSON.stringify(settings.secrets), `connector:${id}`),
            health: 'unknown',
            healthDetail: null,
          }
        : {}),
    });
    if (settings && moduleOf(row.vendor).manifest.target(settings.config) !== targetOf(row)) await dropPulls(tx, id);
    if (settings || state) await dropLooks(tx, id);
    if (state && state !== row.state) {
      const now = clock.now();
      const touched = state === 'disabled' ? await markUnwatched(tx, id, now) : void (await markWatched(tx, id));
      if (touched?.length) {
        await hint(
          tx,
          'session',
          touched.map((one) => one.id),
        );
      }
    }
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

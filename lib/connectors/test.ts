import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Tested } from '@/lib/connectors/contract';
import { type TestInput, testInputSchema } from '@/lib/connectors/model';
import { notesOf } from '@/lib/connectors/notes-of';
import { ownServer, secretsOf } from '@/lib/connectors/open';
import { moduleOf, parseValues } from '@/lib/connectors/registry';
import { findConnector } from '@/lib/connectors/store';
import { keepSecrets } from '@/lib/connectors/update';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** Connects with the given or stored settings and says what is missing, with what grants it. What fails is an answer, not an error. */
export async function test(ctx: Ctx, input: TestInput): Promise<Tested> {
  authorise(ctx, 'connector.manage');
  const given = testInputSchema.parse(input);
  const row = given.id ? await findConnector(given.id) : null;
  if (given.id && !row) throw new BraidError('not_found', 'This connector no longer exists.');
  const module = moduleOf('vendor' in given ? given.vendor : row!.vendor);
  const { config, secrets } =
    'values' in given
      ? parseValues(module, row ? keepSecrets(row, given.values) : given.values)
      : { config: module.manifest.config.parse(row!.config), secrets: module.manifest.secrets.parse(secretsOf(row!)) };
  try {
    const connectorId = row?.id ?? newId();
    const connection = await module.connect(config, secrets, {
      connectorId,
      own: await ownServer(),
      notes: notesOf(connectorId, module.manifest.target(config)),
    });
    try {
      return await connection.test();
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { ok: false, checks: [{ check: 'Connect', ok: false, detail: toBraidError(error).publicMessage }] };
  }
}

import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { receiveAddress } from '@/lib/signals/addresses';
import { UNDERSTOOD } from '@/lib/signals/event-model';
import { insertSource, sourceNamed } from '@/lib/signals/in/store';
import { type AddSource, addSourceSchema, sourceConfigSchema } from '@/lib/signals/model';
import { POLL, PUSH } from '@/lib/signals/stream-model';
import { call, discover, parsed, sealSecrets } from '@/lib/signals/transmitter';

const audience = z.union([z.string().min(1), z.array(z.string()).min(1)]);
const streamSchema = z.looseObject({
  stream_id: z.string().min(1).max(500),
  aud: audience,
  delivery: z.looseObject({ endpoint_url: z.url({ protocol: /^https?$/ }).optional() }),
  events_delivered: z.array(z.string()).optional(),
});

/**
 * Begins to receive from a transmitter: reads what it says of itself, makes a stream there, pushed to here or polled, and
 * keeps what came of it. Errors: `conflict` (the name), `connector.refused` and `connector.unreachable` with what failed.
 */
export async function addSource(ctx: Ctx, input: AddSource): Promise<{ id: string }> {
  authorise(ctx, 'signal.manage');
  const { name, issuer, method, clientId, clientSecret, token, namespace, ...rest } = addSourceSchema.parse(input);
  const config = sourceConfigSchema.parse(rest);
  if (!token && !(clientId && clientSecret))
    throw new BraidError('input.invalid', 'Give a client id and its secret, or an access token.');
  if (await sourceNamed(name)) throw new BraidError('conflict', `There is a source named ${name} already.`);
  const id = newId();
  const secrets = { clientId, clientSecret, token };
  const metadata = await discover(issuer, config);
  const authorization = `Bearer ${newSecret()}`;
  const delivery =
    method === 'push'
      ? { method: PUSH, endpoint_url: receiveAddress(id), authorization_header: authorization }
      : { method: POLL };
  const asked = { events_requested: [...UNDERSTOOD], delivery, description: `Braid: ${name}` };
  const url = metadata.configuration_endpoint;
  const answer = await call({ key: id, issuer, config, secrets }, { method: 'POST', url, body: asked });
  const stream = parsed(streamSchema, url, answer);
  const pollUrl = method === 'poll' ? stream.delivery.endpoint_url : undefined;
  if (method === 'poll' && !pollUrl)
    throw new BraidError('connector.refused', 'Its transmitter made a stream and did not say where to poll it.');
  await transaction(async (tx) => {
    await insertSource(tx, {
      id,
      name,
      issuer,
      audience: [stream.aud].flat()[0]!,
      metadata: metadata as object,
      streamId: stream.stream_id,
      method,
      pollUrl: pollUrl ?? null,
      pushHash: method === 'push' ? sha256Hex(authorization) : null,
      sealedSecrets: sealSecrets(id, secrets),
      config: config as object,
      namespace,
      createdAt: clock.now(),
      createdBy: ctx.actor.name,
    });
    await record(tx, ctx, {
      action: 'signal_source.create',
      target: { type: 'signal_source', id, name },
      detail: { issuer, method, namespace, acts: config.acts },
    });
    await hint(tx, 'signal', [id]);
  });
  return { id };
}

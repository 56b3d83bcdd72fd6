import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { evaluate } from '@/lib/posture/evaluate';
import { type Posture, postureInput } from '@/lib/posture/model';
import { readFacts, readProven } from '@/lib/posture/store';
import { preview } from '@/lib/revocations/preview';

/** How well one identity is held: tiles, checks and how far an abused session of it could travel. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<Posture> {
  authorise(ctx, 'console.read');
  const { id } = postureInput.parse(input);
  const facts = await readFacts(id);
  if (!facts) throw new BraidError('not_found', 'There is no such identity.');
  const radius = await preview(ctx, { kind: 'revoke', identityId: id });
  const connected = radius.systems.flatMap((system) => system.connectorId ?? []);
  const systems = [
    ...radius.systems.filter((system) => system.connectorId).map((system) => ({ name: system.name, revokes: true })),
    ...radius.cannotEnd.map((one) => ({ name: one.what, revokes: false })),
  ];
  const proven = connected.length > 0 ? await readProven(id, connected) : null;
  return evaluate(id, { ...facts, systems, proven }, clock.now().toISOString());
}

import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { evaluate } from '@/lib/posture/evaluate';
import { type Posture, postureInput } from '@/lib/posture/model';
import { readFacts, readProven } from '@/lib/posture/store';
import { systemsFor } from '@/lib/revocations/systems';

/** How well one identity is held: tiles, checks and how far an abused session of it could travel. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<Posture> {
  authorise(ctx, 'console.read');
  const { id } = postureInput.parse(input);
  const found = await readFacts(id);
  if (!found) throw new BraidError('not_found', 'There is no such identity.');
  const { sources, ...facts } = found;
  const lives = await systemsFor({ id, sources });
  const systems = lives.map(({ name, capabilities }) => ({ name, revokes: capabilities !== null }));
  const connected = lives.flatMap(({ connectorId, capabilities }) =>
    connectorId && capabilities ? [connectorId] : [],
  );
  const proven = connected.length > 0 ? await readProven(id, connected) : null;
  return evaluate(id, { ...facts, systems, proven }, clock.now().toISOString());
}

import type { Connection, FoundIdentity } from '@/lib/connectors/contract';
import type { Actor, World } from '@/lib/connectors/simulator/world';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Changes told at a time. */
const CHANGES_MOST = 500;

export const foundOf = (world: World, actor: Actor): FoundIdentity => ({
  externalId: actor.name,
  name: actor.name,
  kind: 'service_account',
  protected: actor.protected,
  enabled: !actor.blocked,
  credentials: [{ externalId: `key:${actor.name}`, kind: 'key' }],
  attributes: { simulated: true },
  logNames: [{ issuer: `simulator:${world.name}`, externalId: actor.name }],
});

/** Answers nobody who asks too often. */
export function answers(world: World): void {
  if (world.down) throw new BraidError('connector.unreachable', 'The simulated system does not answer.');
  const retryAfterMs = world.limitedUntil - clock.ms();
  if (retryAfterMs > 0)
    throw new BraidError('connector.limited', 'It was asked too often.', { detail: { retryAfterMs } });
}

/** What it tells from a place on: its audit log, and who changed. */
export function tells(world: World) {
  return {
    async discoverChanges(cursor) {
      answers(world);
      const changed = world.diary.changed(cursor, CHANGES_MOST);
      const names = changed?.names ?? [...world.actors.keys()];
      return {
        items: names.flatMap((name) => world.actors.get(name) ?? []).map((actor) => foundOf(world, actor)),
        removed: names.filter((name) => !world.actors.has(name)),
        cursor: changed?.cursor ?? world.diary.now,
        more: changed?.more ?? false,
        complete: changed === null,
      };
    },
    async pullEvents(cursor, most) {
      answers(world);
      return { format: 'ocsf', ...world.diary.events(cursor, most) };
    },
  } satisfies Partial<Connection>;
}

import type { Notes } from '@/lib/connectors/contract';
import type { Config } from '@/lib/connectors/simulator/manifest';
import { type KeptActor, type KeptWorld, knownWorld, World, worldOf } from '@/lib/connectors/simulator/world';

const WORLD = 'world';
const actorKey = (name: string): string => `actor:${name}`;

/** Of the actors their names only: each has a note of its own, so that no note grows with the world. */
type Header = Omit<KeptWorld, 'actors'> & { names: string[] };

async function noted(notes: Notes): Promise<KeptWorld | null> {
  const header = (await notes.read(WORLD)) as Header | null;
  if (!header) return null;
  const { names, ...rest } = header;
  const actors: KeptActor[] = [];
  for (const name of names) {
    const actor = (await notes.read(actorKey(name))) as KeptActor | null;
    if (actor) actors.push(actor);
  }
  return { ...rest, actors };
}

function made(config: Config, kept: KeptWorld | null): World {
  const world = new World(new Set(config.gaps), config.world);
  const names = new Set(config.identities.map((one) => one.name));
  if (kept) world.goOn({ ...kept, actors: kept.actors.filter((actor) => names.has(actor.name)) });
  for (const actor of config.identities) if (!world.actors.has(actor.name)) world.add(actor.name, actor);
  return world;
}

/** Writes down what changed in the world since it was last called. Durable when it returns. */
function keeper(world: World, notes: Notes, noted: number | null): () => Promise<void> {
  let version = noted;
  const written = new Map<string, string>();
  const write = async () => {
    if (version === world.version) return;
    const { actors, ...rest } = world.kept();
    for (const actor of actors) {
      const text = JSON.stringify(actor);
      if (written.get(actor.name) === text) continue;
      await notes.write(actorKey(actor.name), actor);
      written.set(actor.name, text);
    }
    await notes.write(WORLD, { ...rest, names: actors.map((actor) => actor.name) } satisfies Header);
    for (const name of [...written.keys()]) {
      if (actors.some((actor) => actor.name === name)) continue;
      await notes.remove(actorKey(name));
      written.delete(name);
    }
    version = rest.version;
  };
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(write);
    return last;
  };
}

/** The world these settings name: of this process, else as an earlier process left it, else a new one. */
export async function worldWith(config: Config, notes: Notes): Promise<{ world: World; keep: () => Promise<void> }> {
  const kept = await noted(notes);
  const known = knownWorld(config.world);
  const world = known ?? worldOf(config.world, () => made(config, kept));
  const same = kept !== null && kept.place.epoch === world.diary.place().epoch;
  // Another connection may have read it from older notes.
  if (same && kept.version > world.version) world.goOn(kept);
  return { world, keep: keeper(world, notes, same ? kept.version : null) };
}

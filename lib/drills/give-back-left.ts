import { systemCtx } from '@/lib/access/model';
import { changeDrill, notGivenBack, type Stored } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { list } from '@/lib/revocations/list';
import { request } from '@/lib/revocations/request';

const ctx = systemCtx('drill');
/** So long it is tried. After that somebody has to look. */
const TRIED_MS = 7 * 86_400_000;

const GIVEN = ['verified', 'unverifiable'];

async function again({ id, connectorId, identityId }: Stored): Promise<void> {
  const input = {
    kind: 'restore' as const,
    identityId: identityId!,
    reasonCode: 'test' as const,
    reason: 'Drill over',
  };
  try {
    await request(ctx, input, { drill: connectorId });
  } catch (error) {
    // Asked for already: whether it is done is looked at below.
    if (!(error instanceof BraidError) || error.code !== 'conflict') throw error;
  }
  const asked = { identityId: identityId!, connectorId, kind: 'restore' as const, drills: 'too' as const, limit: 1 };
  const [last] = (await list(ctx, asked)).items;
  if (last && GIVEN.includes(last.state)) await changeDrill(id, { restoredAt: clock.now() });
}

/** Gives canaries their access back that no drill could: a connector was disabled, or somebody had closed it meanwhile. */
export async function giveBackLeft(): Promise<void> {
  for (const drill of await notGivenBack(new Date(clock.ms() - TRIED_MS)))
    await again(drill).catch((error: unknown) =>
      log.info({ err: error, drillId: drill.id }, 'a canary’s access could not be given back yet'),
    );
}

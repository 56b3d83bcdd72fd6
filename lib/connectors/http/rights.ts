import type { Tested } from '@/lib/connectors/contract';
import { type Deps, enabled, readIdentities, readSessions } from '@/lib/connectors/http/act';
import type { Description } from '@/lib/connectors/http/description-model';
import { toBraidError } from '@/lib/platform/errors';

type Check = Tested['checks'][number];

/** What mends it, from the status that was answered; what is described otherwise than it is, the description mends. */
function fixOf(part: string, request: string, said: string): string {
  const asked = request.split('?')[0]!;
  const status = /was answered (\d{3})\.$/.exec(said)?.[1];
  if (status === '401') return `Give a token, password or client secret that the system accepts for ${asked}.`;
  if (status === '403') return `At the system, let who Braid connects as call ${asked}.`;
  if (status === '404') return `Correct ${part}.request: below the base there is no ${asked}.`;
  return `Correct ${part} in the description, or the rights of who Braid connects as: ${asked}.`;
}

async function tried(
  check: string,
  [part, request]: [part: string, request: string],
  work: () => Promise<string>,
): Promise<Check> {
  try {
    return { check, ok: true, detail: await work() };
  } catch (error) {
    const { code, publicMessage } = toBraidError(error);
    const fix = code === 'connector.refused' ? { fix: fixOf(part, request, publicMessage) } : {};
    return { check, ok: false, detail: publicMessage, ...fix };
  }
}

const ACTS: [part: 'terminate' | 'block' | 'restore' | 'end' | 'derived', does: string][] = [
  ['terminate', 'End one session'],
  ['block', 'Block'],
  ['restore', 'Restore'],
  ['end', 'End all sessions'],
  ['derived', 'End derived credentials'],
];

/** What would change something is named with the right it needs, and not tried. */
const unasked = (given: Description): Check[] =>
  ACTS.flatMap(([part, does]): Check[] => {
    const action = given[part];
    if (!action) return [];
    const asked = action.request.split('?')[0]!;
    const detail = `Not tried, as it would change something: needs the right to ${asked}.`;
    return [{ check: does, ok: true, untried: true, detail }];
  });

/** Asks what is described for reading, and says what was understood of the answers. Nothing is ended. */
export async function checkRights(deps: Deps): Promise<Tested> {
  const { given } = deps;
  const checks: Check[] = [];
  if (given.identities) {
    const work = async () => `${(await readIdentities(deps)).length} identities read.`;
    checks.push(await tried('List identities', ['identities', given.identities.request], work));
  }
  if (given.sessions) {
    const work = async () => `${(await readSessions(deps)).length} sessions read.`;
    checks.push(await tried('List sessions', ['sessions', given.sessions.request], work));
  }
  if (given.state && given.identities && checks[0]!.ok) {
    const [one] = await readIdentities(deps);
    if (one)
      checks.push(
        await tried('Read the state of one', ['state', given.state.request], async () =>
          (await enabled(deps, one.externalId)) === undefined
            ? `${one.externalId} is listed, and has no state.`
            : `The state of ${one.externalId} was read.`,
        ),
      );
  }
  if (!checks.length)
    checks.push({
      check: 'Description',
      ok: true,
      untried: true,
      detail: 'Nothing in it reads, so nothing was asked.',
    });
  checks.push(...unasked(given));
  return { ok: checks.every((one) => one.ok), checks };
}

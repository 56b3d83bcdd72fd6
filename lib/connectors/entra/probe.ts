import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundIdentity, Probed, Residual } from '@/lib/connectors/contract';
import { targetOf } from '@/lib/connectors/entra/found-normalise';
import { companionsOf, type Deps, foundOf } from '@/lib/connectors/entra/read';
import { residualsWith } from '@/lib/connectors/held-canary';
import { clock } from '@/lib/platform/clock';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

export const BETWEEN_READINGS_MS = 1_000;
const TOKEN_MS = 90 * 60_000;
const MANAGED_MS = 24 * 3_600_000;

/** When it was disabled: known here, else the audit log’s latest change of it, else now. */
async function since(deps: Deps, externalId: string): Promise<number> {
  const known = await deps.since.at(externalId);
  if (known) return known;
  const id = targetOf(externalId)!.id;
  const query = { $filter: `targetResources/any(t:t/id eq '${id}')`, $top: 1, $orderby: 'activityDateTime desc' };
  const reply = await deps.client.send('GET', '/v1.0/auditLogs/directoryAudits', { query });
  const [latest] = (objectOf(reply.body).value as unknown[] | undefined) ?? [];
  const at = Date.parse(textOf(objectOf(latest).activityDateTime, 40) ?? '');
  return reply.status === 200 && !Number.isNaN(at) ? at : deps.since.stands(externalId);
}

const DISABLED = 'access tokens issued before it was disabled';

/** Access tokens that were made until `from`, ms, and live on. */
export function tokens(found: FoundIdentity | null, from: number, what = DISABLED): Residual[] {
  const managed = found?.kind === 'workload';
  const until = from + (managed ? MANAGED_MS : TOKEN_MS);
  if (until <= clock.ms()) return [];
  const one: Residual = {
    what: managed ? 'the token its host keeps' : what,
    why: managed
      ? 'A managed identity’s token lives a day, is kept by its host, and no resource asks about it again.'
      : 'Resources check them without asking Entra: 60 to 90 minutes. Microsoft Graph asks again where the client can take it.',
    until: new Date(until).toISOString(),
    gap: managed ? 'G7' : 'G2',
  };
  return [one];
}

/** Disabled or gone in two readings, its companion accounts too. What was issued before lives on, and is said. */
export async function probe(deps: Deps, externalId: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const target = targetOf(externalId);
  if (!target) return { result: 'unknown', detail: 'Entra has no such identity', checks, residuals: [] };
  const look = async (check: string) => {
    const found = await foundOf(deps, externalId);
    note(check, found ? (found.enabled ? 'enabled' : 'disabled') : 'not found');
    return found;
  };
  if ((await look('account read'))?.enabled) return { result: 'alive', detail: 'it is enabled', checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again a second later');
  if (second?.enabled) return { result: 'alive', detail: 'it is enabled', checks, residuals: [] };
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted')
    return { result: 'alive', detail: 'disabled, and its credential is still let in', checks, residuals: [] };
  if (held?.verdict === 'unclear')
    return {
      result: 'unknown',
      detail: `disabled, but its credential can’t be tried: ${held.saw}`,
      checks,
      residuals: [],
    };
  const residuals = residualsWith(tokens(second, await since(deps, externalId)), held?.left);
  if (target.kind === 'principal') {
    const left = (await companionsOf(deps, target.id)).filter((one) => one.enabled);
    note(
      'companion accounts',
      left.length
        ? left
            .map((one) => one.name)
            .join(', ')
            .slice(0, 400)
        : 'none enabled',
    );
    for (const one of left) {
      residuals.push({
        what: `account ${one.name}`,
        why: 'It was made with the agent identity and is still enabled.',
        until: null,
        gap: 'G14',
      });
    }
  }
  const detail = `${second ? 'disabled' : 'not found'}, read twice${held ? '; its credential is refused' : ''}`;
  return { result: 'gone', detail, checks, residuals };
}

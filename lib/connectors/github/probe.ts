import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Residual } from '@/lib/connectors/contract';
import { mint } from '@/lib/connectors/github/canary';
import { targetOf } from '@/lib/connectors/github/found-normalise';
import { type Deps, standing } from '@/lib/connectors/github/read';
import { clock } from '@/lib/platform/clock';

const BETWEEN_READINGS_MS = 1_000;

const SSH_KEYS: Residual = {
  what: 'SSH keys made with the token',
  why: 'They were made from it and live on: look through the owner’s SSH keys.',
  until: null,
  gap: 'G8',
};

/** Could a grant make SSH keys? Noted while it is listed: afterwards nothing tells, and what is not known may be. */
export async function noteKeys({ notes }: Deps, externalId: string, makes: boolean): Promise<void> {
  if ((await notes.read(externalId)) !== makes) await notes.write(externalId, makes);
}

/**
 * Read twice, a second apart. An installation is also asked for a token with its app's key, a held token used: both are
 * refused only once it is over. A token that Braid does not hold may have made SSH keys, which GitHub shows to its owner alone.
 */
export async function probe(deps: Deps, externalId: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const target = targetOf(externalId);
  if (!target) return { result: 'unknown', detail: 'GitHub has no such identity', checks, residuals: [] };
  const look = async (check: string) => {
    const now = await standing(deps, target);
    if (now.makesSshKeys !== undefined && now.exists) await noteKeys(deps, externalId, now.makesSshKeys);
    note(check, now.saw);
    return now;
  };
  const first = await look('how it stands');
  if (first.open) return { result: 'alive', detail: first.saw, checks, residuals: [] };
  if (target.kind === 'token' && !first.exists) return { result: 'unknown', detail: first.saw, checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('again a second later');
  if (second.open) return { result: 'alive', detail: second.saw, checks, residuals: [] };
  if (target.kind === 'app' && second.exists) {
    const app = deps.client.appOf(second.appId ?? '');
    const tried = app && (await mint(app, target.installation));
    note('a new token asked for with the app’s key', tried?.saw ?? 'Braid does not hold that key');
    if (tried?.verdict === 'accepted')
      return { result: 'alive', detail: 'it still makes tokens', checks, residuals: [] };
    if (tried?.verdict === 'unclear')
      return {
        result: 'unknown',
        detail: `suspended, but its key can’t be tried: ${tried.saw}`,
        checks,
        residuals: [],
      };
  }
  const ssh = target.kind === 'token' || (target.kind === 'grant' && (await deps.notes.read(externalId)) !== false);
  return { result: 'gone', detail: `${second.saw}, read twice`, checks, residuals: ssh ? [SSH_KEYS] : [] };
}

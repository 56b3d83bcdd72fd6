import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { type Deps, enabled, readSessions, valuesOf, valuesOfSession } from '@/lib/connectors/http/act';
import { succeeded, unexpected } from '@/lib/connectors/http/client';
import type { ProbeCall } from '@/lib/connectors/http/description-model';
import type { Values } from '@/lib/connectors/http/fill-evaluate';
import { type Condition, holds } from '@/lib/connectors/http/select-evaluate';
import { clock } from '@/lib/platform/clock';

const BETWEEN_READINGS_MS = 1_000;

type Checks = Probed['checks'];
const note = (checks: Checks, check: string, saw: string) =>
  checks.push({ check, saw: saw.slice(0, 400), at: clock.now().toISOString() });

/** Tries the described request: true = it says that it is over. */
async function tried({ client }: Deps, call: ProbeCall, values: Values, checks: Checks): Promise<boolean> {
  const wanted = 'status' in call.gone ? call.gone.status : undefined;
  const heard = await client.ask(call, values, wanted);
  const over = wanted?.includes(heard.status);
  if (!over && !succeeded(call, heard)) throw unexpected(call.request, heard.status);
  const gone = wanted ? over === true : holds(heard.body, call.gone as Condition);
  note(checks, call.request.split('?')[0]!, `${heard.status}: ${gone ? 'over' : 'not over'}`);
  return gone;
}

/** What the description says lives on, since the block where it can be read, else from now. */
async function livesOn({ given, since }: Deps, id: string): Promise<Residual[]> {
  if (!given.lives_on?.length) return [];
  const from = given.state ? await since.stands(id) : clock.ms();
  return given.lives_on.flatMap(({ gap, what, why, seconds }) => {
    const until = seconds === null ? null : from + seconds * 1_000;
    if (until !== null && until <= clock.ms()) return [];
    return [{ gap, what, why, until: until === null ? null : new Date(until).toISOString() }];
  });
}

/** Gone = what is described as proof says so, twice a second apart: the probe's own request, else the state and the listing. */
export async function probeIdentity(deps: Deps, id: string): Promise<Probed> {
  const { given } = deps;
  const checks: Checks = [];
  const look = async (): Promise<string | null> => {
    const left: string[] = [];
    if (given.state) {
      const open = await enabled(deps, id);
      note(checks, 'state read', open === undefined ? 'no such identity' : open ? 'may come in' : 'may not come in');
      if (open) {
        await deps.since.forget(id);
        left.push('may come in');
      }
    }
    if (given.sessions) {
      const sessions = (await readSessions(deps)).filter((one) => one.externalIdentityId === id).length;
      note(checks, 'sessions listed', String(sessions));
      if (sessions) left.push(`${sessions} ${sessions === 1 ? 'session' : 'sessions'}`);
    }
    if (given.probe?.identity && !(await tried(deps, given.probe.identity, await valuesOf(deps, id), checks)))
      left.push('the probe says it is not over');
    return left.length ? left.join(', ') : null;
  };
  const first = await look();
  if (first) return { result: 'alive', detail: first, checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look();
  if (second) return { result: 'alive', detail: second, checks, residuals: [] };
  if (!given.probe?.identity && !(given.state && given.sessions))
    return { result: 'unknown', detail: 'the description has no way to prove it', checks, residuals: [] };
  return {
    result: 'gone',
    detail: 'may not come in, nothing listed, looked twice',
    checks,
    residuals: await livesOn(deps, id),
  };
}

export async function probeSession(deps: Deps, session: NativeSession): Promise<Probed> {
  const checks: Checks = [];
  const look = async (): Promise<boolean> => {
    const there = (await readSessions(deps)).some((one) => one.key === session.key);
    note(checks, 'session looked up', there ? 'listed' : 'not listed');
    const own = deps.given.probe?.session;
    const over = own ? await tried(deps, own, valuesOfSession(session), checks) : true;
    return there || !over;
  };
  if (await look()) return { result: 'alive', detail: 'still there', checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  if (await look()) return { result: 'alive', detail: 'there again', checks, residuals: [] };
  return { result: 'gone', detail: 'gone, looked up twice', checks, residuals: [] };
}

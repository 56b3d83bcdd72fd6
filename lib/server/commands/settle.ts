import type { Ctx } from '@/lib/access/model';
import type { RevocationDetail } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';
import { print, table } from '@/lib/server/commands/run';

const UNFINISHED = ['requested', 'accepted', 'effective'];

/** Asks again until it is over, at most `seconds`; the work goes on in the respond worker either way. */
export async function until<T>(seconds: number, ask: () => Promise<T>, over: (answer: T) => boolean): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (over(answer) || performance.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until every step of a revocation has come to rest, at most `seconds`. */
export const settle = (ctx: Ctx, id: string, seconds: number): Promise<RevocationDetail> =>
  until(
    seconds,
    () => show(ctx, { id }),
    ({ state }) => !UNFINISHED.includes(state),
  );

/** How a revocation stands: its state, its steps, and what still lives with its time to die. Failed or regrown: exit code 1. */
export function printRevocation(revocation: RevocationDetail, json: boolean): void {
  const steps = revocation.steps.map((step) => ({
    step: step.title,
    system: step.system,
    state: step.state,
    detail: step.detail,
  }));
  const left = revocation.steps.flatMap((step) =>
    step.residuals.map((one) => ({
      'still lives': one.what,
      in: step.system,
      until: one.until ?? 'it is ended',
      why: one.why,
    })),
  );
  const told = [revocation.state, table(steps, 'no steps'), ...(left.length ? ['', table(left, '')] : [])];
  print(
    json
      ? { revocationId: revocation.id, state: revocation.state, steps: revocation.steps }
      : `${told.join('\n')}\n\nIts certificate: braid revocation certificate ${revocation.id}`,
  );
  if (['failed', 'regrown'].includes(revocation.state)) process.exitCode = 1;
}

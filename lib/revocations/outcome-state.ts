import type { Acted, Probed, Residual } from '@/lib/connectors/model';
import type { RecordedKind, StepState } from '@/lib/revocations/model';

/** Several answers to one step as one: the least finished counts, details are joined. */
export function combine(acted: Acted[]): Acted {
  if (!acted.length) return { state: 'effective', detail: 'nothing to do', affected: 0 };
  const order: Acted['state'][] = ['failed', 'accepted', 'effective'];
  const state = order.find((one) => acted.some((answer) => answer.state === one)) ?? 'effective';
  const details = [...new Set(acted.map((one) => one.detail))];
  const shown = details.slice(0, 3).join('; ');
  return {
    state,
    detail: details.length > 3 ? `${shown} and ${details.length - 3} more` : shown,
    affected: acted.reduce((sum, one) => sum + one.affected, 0),
  };
}

export interface Outcome {
  state: StepState;
  detail: string;
  checks: Probed['checks'];
  residuals: Residual[];
  /** The steps before the probe have to be done again. */
  again: boolean;
}

const joined = (probed: Probed[]): string => {
  const details = [...new Set(probed.map((one) => one.detail))];
  return details.length > 3 ? `${details.slice(0, 3).join('; ')} and ${details.length - 3} more` : details.join('; ');
};

/**
 * What a probe proves. Closing: verified only when every name is gone and nothing else lives; alive is `accepted` where it may
 * yet go by itself, else the whole is done again. Opening: verified when it may come back in.
 */
export function judge(kind: RecordedKind, probed: Probed[], mayYetGo: boolean): Outcome {
  const checks = probed.flatMap((one) => one.checks).slice(0, 50);
  const residuals = probed.flatMap((one) => one.residuals).slice(0, 100);
  const detail = joined(probed);
  const base = { detail, checks, residuals, again: false };
  if (!probed.length) return { ...base, state: 'unverifiable', detail: 'nothing there answers to this identity' };
  const opens = kind === 'resume' || kind === 'restore';
  if (opens) {
    const open = probed.every((one) => one.result === 'alive');
    return { ...base, residuals: [], state: open ? 'verified' : 'failed', again: !open };
  }
  if (probed.some((one) => one.result === 'alive')) {
    return mayYetGo
      ? { ...base, state: 'accepted' }
      : { ...base, state: 'failed', detail: `still alive: ${detail}; trying again`, again: true };
  }
  if (probed.some((one) => one.result === 'unknown')) return { ...base, state: 'unverifiable' };
  return { ...base, state: residuals.length ? 'residual' : 'verified' };
}

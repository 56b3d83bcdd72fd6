import type { BacktestResult, BacktestRow, Tally } from '@/lib/policies/life-model';
import type { Judged, Replayed, ReplaySummary } from '@/lib/replay/model';

const MAX_ROWS = 500;
const MAX_IDENTITIES = 200;
const MAX_RULES = 300;

export type ChangeKind = keyof Tally;

/** What a candidate would have made of an answer; null: the same. */
export function changeOf(was: Judged['verdict'], now: Judged['verdict']): ChangeKind | null {
  if (was === now) return null;
  if (now === 'allow') return 'newlyAllowed';
  if (was !== 'allow') return 'other';
  return now === 'step_up' ? 'stepUps' : 'newlyRefused';
}

const nothing = (): Tally => ({ newlyRefused: 0, newlyAllowed: 0, stepUps: 0, other: 0 });
const total = (tally: Tally): number => tally.newlyRefused + tally.newlyAllowed + tally.stepUps + tally.other;
const ruleOf = (judged: Judged): string | null =>
  judged.ruleId ? `${judged.policySet}/${judged.ruleId}` : judged.policySet;

/** Gathers what a backtest finds, decision by decision; the newest rows are kept. */
export class BacktestDiff {
  private readonly changes = nothing();
  private readonly identities = new Map<string, { id: string; name: string } & Tally>();
  private readonly rules = new Map<string, Tally>();
  private readonly value = new Map<string, { unit: string; scale: number; refused: bigint; allowed: bigint }>();
  private rows: BacktestRow[] = [];
  private judged = 0;
  private rowsLeft = 0;

  add({ recorded, same, changed }: Replayed): void {
    if (!changed || recorded.dryRun) return;
    this.judged += 1;
    const kind = changeOf(same.verdict, changed.verdict);
    if (!kind) return;
    this.changes[kind] += 1;
    const { id, name } = recorded.identity;
    const identity = this.identities.get(id) ?? { id, name, ...nothing() };
    identity[kind] += 1;
    this.identities.set(id, identity);
    const rule = ruleOf(changed.verdict === 'allow' ? same : changed) ?? 'no rule';
    const tally = this.rules.get(rule) ?? nothing();
    tally[kind] += 1;
    this.rules.set(rule, tally);
    this.count(kind, changed.amount === null ? same : changed);
    this.rows.push(rowOf(recorded, same, changed));
    if (this.rows.length > MAX_ROWS * 2) this.trim();
  }

  private trim(): void {
    this.rowsLeft += this.rows.length - MAX_ROWS;
    this.rows = this.rows.slice(-MAX_ROWS);
  }

  private count(kind: ChangeKind, { amount, unit, scale }: Judged): void {
    if (amount === null || unit === null || kind === 'other') return;
    const sums = this.value.get(`${unit} ${scale}`) ?? { unit, scale, refused: 0n, allowed: 0n };
    if (kind === 'newlyAllowed') sums.allowed += amount;
    else sums.refused += amount;
    this.value.set(`${unit} ${scale}`, sums);
  }

  result(of: { set: string; against: number | null; seconds: number }, summary: ReplaySummary): BacktestResult {
    if (this.rows.length > MAX_ROWS) this.trim();
    const changed = total(this.changes);
    const most = <T extends Tally>(all: T[]): T[] => all.sort((a, b) => total(b) - total(a));
    return {
      ...of,
      from: summary.from,
      to: summary.to,
      decisions: this.judged,
      reproduced: Math.min(summary.reproduced, this.judged),
      truncated: summary.truncated,
      unchanged: this.judged - changed,
      changes: this.changes,
      value: [...this.value.values()].slice(0, 50).map(({ refused, allowed, ...one }) => ({
        ...one,
        refused: refused.toString(),
        allowed: allowed.toString(),
      })),
      byIdentity: most([...this.identities.values()]).slice(0, MAX_IDENTITIES),
      byRule: most([...this.rules].map(([rule, tally]) => ({ rule, ...tally }))).slice(0, MAX_RULES),
      rows: [...this.rows].reverse(),
      moreRows: this.rowsLeft,
    };
  }
}

function rowOf(recorded: Replayed['recorded'], same: Judged, changed: Judged): BacktestRow {
  const request = recorded.request as { action?: { name?: string }; resource?: { type?: string; id?: string } };
  const amount = changed.amount === null ? same : changed;
  return {
    decisionId: recorded.decisionId,
    at: recorded.at,
    identityId: recorded.identity.id,
    identityName: recorded.identity.name,
    session: recorded.session?.label ?? null,
    action: request.action?.name ?? '',
    resource: `${request.resource?.type ?? ''}/${request.resource?.id ?? ''}`.slice(0, 1300),
    amount: amount.amount?.toString() ?? null,
    unit: amount.unit,
    scale: amount.scale,
    was: same.verdict,
    wasRule: same.ruleId,
    now: changed.verdict,
    nowRule: changed.ruleId,
    reason: changed.reason,
    message: changed.message?.slice(0, 1000) ?? null,
  };
}

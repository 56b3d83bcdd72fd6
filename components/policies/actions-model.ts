import type { ActionResult } from '@/lib/http/model';
import type {
  ApplyInput,
  BacktestInput,
  EndExemptionInput,
  ExemptInput,
  RetireAction,
  SaveDraftInput,
  TestFile,
  VersionInput,
} from '@/lib/policies/life-model';
import type { Problem } from '@/lib/policies/model';
import type { TestReport } from '@/lib/policies/test-model';

type Action<Input, Output> = (input: Input) => Promise<ActionResult<Output>>;

/** What can be done on the page of a policy set. */
export interface PolicyActions {
  promote: Action<VersionInput, unknown>;
  rollBack: Action<VersionInput, unknown>;
  retire: Action<RetireAction, unknown>;
  exempt: Action<ExemptInput, unknown>;
  endExemption: Action<EndExemptionInput, unknown>;
}

/** What can be done in the editor. */
export interface EditorActions {
  check: Action<{ source: string }, { ok: boolean; problems: Problem[]; set: string | null }>;
  test: Action<{ source: string; tests: TestFile[] }, TestReport>;
  backtest: Action<BacktestInput, { id: string; total: number }>;
  save: Action<SaveDraftInput, { revision: number }>;
  discard: Action<{ name: string }, unknown>;
  apply: Action<ApplyInput, { version: number; state: string; changed: boolean }>;
}

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

/** What binds requests: with the password again, where the sign-in is not fresh. */
type Confirmed<Input, Output> = Action<{ input: Input; password?: string }, Output>;

/** What can be done on the page of a policy set. */
export interface PolicyActions {
  promote: Confirmed<VersionInput, unknown>;
  rollBack: Confirmed<VersionInput, unknown>;
  retire: Confirmed<RetireAction, unknown>;
  test: Action<{ source: string; tests: TestFile[] }, TestReport>;
  exempt: Confirmed<ExemptInput, unknown>;
  endExemption: Action<EndExemptionInput, unknown>;
}

/** What can be done in the editor. */
export interface EditorActions {
  check: Action<{ source: string }, { ok: boolean; problems: Problem[]; set: string | null; notes: string[] }>;
  test: Action<{ source: string; tests: TestFile[] }, TestReport>;
  backtest: Action<BacktestInput, { id: string; total: number }>;
  save: Action<SaveDraftInput, { revision: number }>;
  discard: Action<{ name: string }, unknown>;
  apply: Confirmed<ApplyInput, { version: number; state: string; changed: boolean; notes: string[] }>;
}

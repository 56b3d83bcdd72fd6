import type { StepState } from '@/lib/revocations/model';

/** A step of a plan, before it is stored. */
export interface PlannedStep {
  system: string;
  connectorId: string | null;
  verb: 'deny' | 'block' | 'rotate' | 'terminate' | 'refresh' | 'probe' | 'regrowth' | 'unblock';
  state: StepState;
  title: string;
  detail: string | null;
}

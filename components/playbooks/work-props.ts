import type { PlaybookActions } from '@/lib/playbooks/actions-model';
import type { FinishInput, PlaybookDetail } from '@/lib/playbooks/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

/** What every step's own part is given. */
export interface WorkProps {
  playbook: PlaybookDetail;
  /** false: it is done or waived, or may only be looked at. */
  open: boolean;
  revocations: RevocationActions;
  takeBack: PlaybookActions['takeBack'];
  onFinish: (input: FinishInput) => void;
  busy: boolean;
}

import type { z } from 'zod';
import type { ConsentRevoked, RevokeConsent } from '@/lib/consents/model';
import type { ActionResult } from '@/lib/http/model';
import type { containSchema, FinishInput, reopenSchema, startSchema, waiveSchema } from '@/lib/playbooks/model';

import type { linkSchema, unlinkSchema } from '@/lib/playbooks/objects-model';

type Changed = Promise<ActionResult<{ id: string }>>;

/** The server actions of a playbook's page. */
export interface PlaybookActions {
  finish: (input: FinishInput) => Changed;
  waive: (input: z.input<typeof waiveSchema>) => Changed;
  reopen: (input: z.input<typeof reopenSchema>) => Changed;
  link: (input: z.input<typeof linkSchema>) => Changed;
  unlink: (input: z.input<typeof unlinkSchema>) => Changed;
  takeBack: (input: RevokeConsent) => Promise<ActionResult<ConsentRevoked>>;
  contain: (input: z.input<typeof containSchema>) => Changed;
}

export type StartPlaybook = (
  input: z.input<typeof startSchema>,
) => Promise<ActionResult<{ id: string; created: boolean }>>;

'use server';

import { forgetExpectedSchema } from '@/lib/findings/expected-model';
import { forgetExpected } from '@/lib/findings/forget-expected';
import { operatorAction } from '@/lib/http/action';
import { addNote } from '@/lib/identities/add-note';
import { annotate } from '@/lib/identities/annotate';
import { linkAlias } from '@/lib/identities/link-alias';
import { merge } from '@/lib/identities/merge';
import { mergeSchema, unmergeSchema } from '@/lib/identities/merge-model';
import {
  annotateInputSchema,
  identityNoteInputSchema,
  linkAliasSchema,
  unlinkAliasSchema,
} from '@/lib/identities/model';
import { unlinkAlias } from '@/lib/identities/unlink-alias';
import { unmerge } from '@/lib/identities/unmerge';
import { hold } from '@/lib/lanes/hold';
import { holdSchema } from '@/lib/lanes/model';

export const annotateIdentity = operatorAction('identity.annotate', annotateInputSchema, ({ ctx, input }) =>
  annotate(ctx, input),
);
export const linkIdentityAlias = operatorAction('identity.annotate', linkAliasSchema, ({ ctx, input }) =>
  linkAlias(ctx, input),
);
export const unlinkIdentityAlias = operatorAction('identity.annotate', unlinkAliasSchema, ({ ctx, input }) =>
  unlinkAlias(ctx, input),
);
export const mergeIdentity = operatorAction('identity.annotate', mergeSchema, ({ ctx, input }) => merge(ctx, input));
export const unmergeIdentity = operatorAction('identity.annotate', unmergeSchema, ({ ctx, input }) =>
  unmerge(ctx, input),
);
export const noteIdentity = operatorAction('note.write', identityNoteInputSchema, ({ ctx, input }) =>
  addNote(ctx, input),
);
export const forgetIdentityExpected = operatorAction('finding.write', forgetExpectedSchema, ({ ctx, input }) =>
  forgetExpected(ctx, input),
);
export const holdLane = operatorAction('finding.write', holdSchema, ({ ctx, input }) => hold(ctx, input));

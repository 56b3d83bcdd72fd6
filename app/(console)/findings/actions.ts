'use server';

import { acknowledge } from '@/lib/findings/acknowledge';
import { addNote } from '@/lib/findings/add-note';
import { close } from '@/lib/findings/close';
import { create } from '@/lib/findings/create';
import {
  acknowledgeSchema,
  closeSchema,
  createFindingSchema,
  noteSchema,
  reopenSchema,
  suppressSchema,
} from '@/lib/findings/model';
import { reopen } from '@/lib/findings/reopen';
import { suppress } from '@/lib/findings/suppress';
import { operatorAction } from '@/lib/http/action';
import { huntIdSchema, huntInputSchema } from '@/lib/hunts/model';
import { start } from '@/lib/hunts/start';
import { stop } from '@/lib/hunts/stop';

export const acknowledgeFinding = operatorAction('finding.write', acknowledgeSchema, ({ ctx, input }) =>
  acknowledge(ctx, input),
);
export const closeFinding = operatorAction('finding.write', closeSchema, ({ ctx, input }) => close(ctx, input));
export const suppressFinding = operatorAction('finding.write', suppressSchema, ({ ctx, input }) =>
  suppress(ctx, input),
);
export const reopenFinding = operatorAction('finding.write', reopenSchema, ({ ctx, input }) => reopen(ctx, input));
export const noteFinding = operatorAction('note.write', noteSchema, ({ ctx, input }) => addNote(ctx, input));
export const createFinding = operatorAction('finding.write', createFindingSchema, ({ ctx, input }) =>
  create(ctx, input),
);
export const startHunt = operatorAction('finding.write', huntInputSchema, ({ ctx, input }) => start(ctx, input));
export const stopHunt = operatorAction('finding.write', huntIdSchema, ({ ctx, input }) => stop(ctx, input));

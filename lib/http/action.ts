import { createSafeActionClient } from 'next-safe-action';
import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { OperatorSessionCtx } from '@/lib/access/find-operator-session';
import type { Permission } from '@/lib/access/model';
import { operatorIfAny } from '@/lib/access/operator';
import { issueText } from '@/lib/http/issue-format';
import type { ActionError, ActionResult } from '@/lib/http/model';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/** What leaves: a BraidError's code and public message, what zod refused, or `internal`; the cause goes to the log. */
function errorOf(error: unknown): ActionError {
  if (error instanceof z.ZodError) {
    const errors = error.issues.slice(0, 100).map((one) => ({ path: one.path.join('.'), message: issueText(one) }));
    const [first] = errors;
    return {
      code: 'input.invalid',
      message: `${first?.path || 'Input'} ${first?.message ?? 'is not valid'}`,
      errors,
    };
  }
  const known = toBraidError(error);
  if (!(error instanceof BraidError)) log.error({ err: error }, 'unexpected error in an action');
  const errors = known.code === 'input.invalid' ? fieldsSchema.safeParse(known.detail).data : undefined;
  return { code: known.code, message: known.publicMessage, ...(errors ? { errors } : {}) };
}

const fieldsSchema = z.array(z.object({ path: z.string(), message: z.string() })).max(100);

const client = createSafeActionClient({ handleServerError: errorOf, defaultValidationErrorsShape: 'flattened' });

/**
 * A server action of a signed-in operator: authenticates again, checks the permission, parses strictly, then hands over to
 * a verb. Answers `{data}` or `{error: {code, message}}`; never throws to the browser except a redirect.
 */
export function operatorAction<Input extends z.ZodType, Output>(
  permission: Permission | null,
  input: Input,
  handle: (args: { ctx: OperatorSessionCtx; input: z.output<Input> }) => Promise<Output>,
): (input: z.input<Input>) => Promise<ActionResult<Output>> {
  const safe = client
    .use(async ({ next }) => {
      const ctx = await operatorIfAny();
      if (!ctx) throw new BraidError('access.unauthenticated', 'You have been signed out. Sign in again.');
      if (permission) authorise(ctx, permission);
      return next({ ctx: { operator: ctx } });
    })
    .inputSchema(z.unknown())
    .action(({ ctx, parsedInput }) => handle({ ctx: ctx.operator, input: input.parse(parsedInput) }));
  return async (given) => {
    const result = await safe(given);
    if (result?.serverError) return { error: result.serverError };
    return { data: result?.data as Output };
  };
}

/** An action before anybody is signed in (the set-up link): no identity, the same care with errors. The verb is the check. */
export function publicAction<Input, Output>(
  verb: (input: Input) => Promise<Output>,
): (input: Input) => Promise<ActionResult<Output>> {
  return async (input) => {
    try {
      return { data: await verb(input) };
    } catch (error) {
      return { error: errorOf(error) };
    }
  };
}

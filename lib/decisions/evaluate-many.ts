import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { decideJob, decideOne } from '@/lib/decisions/decide';
import { denyInTheDark } from '@/lib/decisions/deny-in-the-dark';
import { parse } from '@/lib/decisions/parse';
import {
  type Answer,
  evaluationsSchema,
  type Item,
  type Job,
  type Outcome,
  type Semantic,
} from '@/lib/decisions/request-model';
import { BraidError, toBraidError } from '@/lib/platform/errors';

/** One item of a batch: to be decided, or refused as it stands. */
type Part = { item: Item } | { refused: Answer };

const refusal = (status: number, message: string): Answer => ({
  decision: false,
  context: { error: { status, message } },
});

/**
 * AuthZEN batch evaluation. Top-level entities are defaults, replaced whole by an item's own. Items are decided in order
 * on running totals, in one transaction; those after a short circuit are not decided. Without `evaluations` it is one
 * evaluation. `sure` false: the caller could not be recognised anew, so each item is denied. Throws as `decide` does.
 */
export async function evaluateMany(
  ctx: Ctx,
  body: unknown,
  arrivedMs: number = performance.now(),
  sure = true,
): Promise<Answer | { evaluations: Answer[] }> {
  authorise(ctx, 'decision.ask');
  const read = evaluationsSchema.safeParse(body);
  if (!read.success) {
    const issue = read.error.issues[0]!;
    throw new BraidError('input.invalid', `${issue.path.join('.') || 'request'}: ${issue.message}`.slice(0, 300));
  }
  const { evaluations, options, ...defaults } = read.data;
  if (!evaluations?.length) return JSON.parse((await decideOne(ctx, defaults, arrivedMs, sure)).text) as Answer;
  const semantic = options?.evaluations_semantic ?? 'execute_all';
  const parts = evaluations.map((one, index) => partOf(ctx, merged(present(defaults), present(one)), index, arrivedMs));
  return { evaluations: await run(parts, semantic, sure ? decideJob : denyInTheDark) };
}

const present = (value: unknown): Record<string, unknown> =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))
    : { subject: null };

/** What makes an entity one: the only parts a default still gives to an item that names its own. */
const REQUIRED = { subject: ['type', 'id'], resource: ['type', 'id'], action: ['name'] } as const;

/** An item's own entity replaces the default whole, but for a required part it leaves out. */
function merged(defaults: Record<string, unknown>, own: Record<string, unknown>): Record<string, unknown> {
  const whole = { ...defaults, ...own };
  for (const [name, parts] of Object.entries(REQUIRED)) {
    const [given, mine] = [defaults[name], own[name]];
    if (!isMap(given) || !isMap(mine)) continue;
    const missing = parts.filter((part) => mine[part] === undefined && given[part] !== undefined);
    if (missing.length) whole[name] = { ...Object.fromEntries(missing.map((part) => [part, given[part]])), ...mine };
  }
  return whole;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function partOf(ctx: Ctx, body: Record<string, unknown>, index: number, arrivedMs: number): Part {
  try {
    // Each item is a question of its own: the request id alone would make two equal items one.
    const requestId = ctx.requestId ? `${ctx.requestId}#${index}` : undefined;
    return { item: { ...parse(ctx.actor, body, { requestId, arrivedMs }), requestId: ctx.requestId ?? null } };
  } catch (error) {
    const known = toBraidError(error);
    return { refused: refusal(known.status, known.publicMessage) };
  }
}

/** Cuts the batch where a refused item ends it, decides the rest in one go, and puts both together in order. */
async function run(parts: Part[], semantic: Semantic, answered: (job: Job) => Promise<Outcome[]>): Promise<Answer[]> {
  const stop = semantic === 'deny_on_first_deny' ? parts.findIndex((part) => 'refused' in part) : -1;
  const kept = stop < 0 ? parts : parts.slice(0, stop + 1);
  const items = kept.flatMap((part) => ('item' in part ? [part.item] : []));
  const outcomes = items.length ? await answered({ items, semantic }) : [];
  const answers: Answer[] = [];
  let next = 0;
  for (const part of kept) {
    if ('refused' in part) answers.push(part.refused);
    else if (next < outcomes.length) answers.push(answerOf(outcomes[next++]!));
    else break;
    const { decision } = answers.at(-1)!;
    if (semantic === 'permit_on_first_permit' ? decision : semantic === 'deny_on_first_deny' && !decision) break;
  }
  return answers;
}

const answerOf = (outcome: Outcome): Answer =>
  outcome.kind === 'decided'
    ? (JSON.parse(outcome.text) as Answer)
    : refusal(409, 'This idempotency key was used with another body.');

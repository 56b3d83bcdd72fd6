import type { Command } from 'commander';
import { BraidError } from '@/lib/platform/errors';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { type FinishInput, OUTCOMES, type Outcome, STEP_KINDS, STEPS, type StepKind } from '@/lib/playbooks/model';
import { reopen } from '@/lib/playbooks/reopen';
import { waive } from '@/lib/playbooks/waive';
import { onDatabase, print } from '@/lib/server/commands/run';

interface DoneOptions {
  revocation: string[];
  credential: string[];
  removed: string[];
  reduced: string[];
  conclusion: string;
  note: string;
  json: boolean;
}

const WORDS = STEP_KINDS.map((kind) => kind.replace('_', '-'));
const several = (value: string, before: string[]): string[] => [...before, value];

/** Steps are typed with a hyphen. */
function kindOf(given: string): StepKind {
  const kind = STEP_KINDS.find((one) => one === given.replace('-', '_'));
  if (!kind) throw new BraidError('input.invalid', `"${given}" is not a step. Steps: ${WORDS.join(', ')}.`);
  return kind;
}

/** `<id>=<outcome>`, with a note after a colon. */
function reviewed(given: string) {
  const [, credentialId, word, note = ''] = /^([^=]+)=([a-z]+)(?::(.*))?$/s.exec(given) ?? [];
  const outcome = (Object.keys(OUTCOMES) as Outcome[]).find((one) => one === word);
  if (!credentialId || !outcome)
    throw new BraidError(
      'input.invalid',
      `"${given}" says no outcome: write <credential id>=<${Object.keys(OUTCOMES).join('|')}>[:note].`,
    );
  return { credentialId, outcome, note };
}

function inputOf(id: string, kind: StepKind, options: DoneOptions): FinishInput {
  const { note } = options;
  switch (kind) {
    case 'session_termination':
      return { id, kind, revocationIds: options.revocation };
    case 'secret_review':
      return { id, kind, credentials: options.credential.map(reviewed), note };
    case 'privilege_reduction':
      return { id, kind, removed: options.removed, reduced: options.reduced, note };
    case 'log_correlation':
      return { id, kind, conclusion: options.conclusion };
  }
}

/** Working an incident: each step done with its evidence or left out with a reason, then contained. */
export function stepCommands(playbook: Command): void {
  const step = (name: string, what: string): Command =>
    playbook
      .command(name)
      .description(what)
      .argument('<id>', 'of the playbook, as "braid playbook list" says')
      .argument('<step>', WORDS.join(', '));
  step('done', 'a step is done, with its evidence; refused with what is missing')
    .option('--revocation <id>', 'session-termination: what ended the sessions; can be given again', several, [])
    .option(
      '--credential <id=outcome>',
      `secret-review: ${Object.keys(OUTCOMES).join(', ')}, with a note after a colon; can be given again`,
      several,
      [],
    )
    .option('--removed <right>', 'privilege-reduction: by name, what was taken away; can be given again', several, [])
    .option('--reduced <text>', 'privilege-reduction: what else, in words; can be given again', several, [])
    .option('--conclusion <text>', 'log-correlation: what the logs say', '')
    .option('--note <text>', 'kept with the step', '')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, given: string, options: DoneOptions) =>
      onDatabase(options.json, async (ctx) => {
        const kind = kindOf(given);
        const result = await finish(ctx, inputOf(id, kind, options));
        print(options.json ? result : `${STEPS[kind]}: done`);
      }),
    );
  const left = {
    waive: ['leave a step out', waive, 'left out'],
    reopen: ['open a step again', reopen, 'open again'],
  } as const;
  for (const [name, [what, does, said]] of Object.entries(left))
    step(name, `${what}, with the reason`)
      .requiredOption('--reason <text>', 'why, in words; kept with it')
      .option('--json', 'print the result as JSON', false)
      .action((id: string, given: string, options: { reason: string; json: boolean }) =>
        onDatabase(options.json, async (ctx) => {
          const kind = kindOf(given);
          const result = await does(ctx, { id, kind, reason: options.reason });
          print(options.json ? result : `${STEPS[kind]}: ${said}`);
        }),
      );
  playbook
    .command('contain')
    .description('call it contained: only when each step is done or left out')
    .argument('<id>', 'as "braid playbook list" says')
    .requiredOption('--summary <text>', 'what happened and what was done')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { summary: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await contain(ctx, { id, summary: options.summary });
        print(options.json ? result : 'contained');
      }),
    );
}

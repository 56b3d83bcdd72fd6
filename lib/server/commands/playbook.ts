import type { Command } from 'commander';
import { list } from '@/lib/playbooks/list';
import { STEPS } from '@/lib/playbooks/model';
import { show } from '@/lib/playbooks/show';
import { start } from '@/lib/playbooks/start';
import { identityId } from '@/lib/server/commands/identity-id';
import { stepCommands } from '@/lib/server/commands/playbook-steps';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function playbookCommands(program: Command): void {
  const playbook = program.command('playbook').description('incidents and how far each is contained');
  stepCommands(playbook);
  playbook
    .command('list')
    .description('playbooks, newest first')
    .option('--open', 'only those not contained yet', false)
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { open: boolean; limit: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await list(ctx, { ...(options.open ? { state: 'open' } : {}), limit: Number(options.limit) });
        const rows = result.items.map((row) => ({
          id: row.id,
          identity: row.identityName,
          state: row.state,
          left: row.steps
            .filter((step) => step.state === 'open')
            .map((step) => STEPS[step.kind])
            .join(', '),
          started: row.startedAt,
          by: row.startedBy,
        }));
        print(options.json ? result : table(rows, 'No playbook was started yet.'));
      }),
    );
  playbook
    .command('start')
    .description('begin to contain an incident of an identity; one that is open already is that one')
    .argument('<identity>', 'id or name')
    .option('--finding <id>', 'the finding it is about: its evidence is in the case from the start')
    .option(
      '--since <time>',
      'from when on the identity is not trusted, ISO 8601; else the finding’s first evidence, or a day ago',
    )
    .option('--json', 'print the result as JSON', false)
    .action((given: string, options: { finding?: string; since?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await start(ctx, {
          identityId: await identityId(ctx, given),
          ...(options.finding ? { findingId: options.finding } : {}),
          ...(options.since ? { since: options.since } : {}),
        });
        print(options.json ? result : `${result.id} ${result.created ? 'started' : 'is open already'}`);
      }),
    );
  showCommand(playbook);
}

function showCommand(playbook: Command): void {
  playbook
    .command('show')
    .description('one playbook: its steps with their evidence, and its three tracks')
    .argument('<id>', 'as "braid playbook list" says')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const found = await show(ctx, { id });
        const steps = found.steps.map((step) => ({
          step: STEPS[step.kind],
          state: step.state,
          by: step.by,
          at: step.at,
          why: step.reason,
        }));
        const tracks = found.tracks.map((one) => ({ track: one.track, state: one.state, says: one.says }));
        const ended = found.revocations.map(({ id: revocation, kind, state, identityName, sessions }) => ({
          revocation,
          kind,
          state,
          identity: identityName,
          sessions,
        }));
        const credentials = found.credentials.map((one) => ({
          credential: one.id,
          kind: one.kind,
          name: one.name,
          source: one.source,
          state: one.state,
          'rotated by': one.rotatedBy,
          'sessions that outlive it': one.outlives.length,
        }));
        const said = [
          `${found.identityName}: ${found.state}, ${found.live.length} of its sessions live`,
          table(steps, 'no steps'),
          table(tracks, 'no tracks'),
          table(ended, 'Nothing was ended yet.'),
          table(credentials, 'No credential of it is known.'),
        ];
        print(options.json ? found : said.join('\n\n'));
      }),
    );
}

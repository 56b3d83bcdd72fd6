import { Command } from 'commander';
import { accessCommands } from '@/lib/server/commands/access';
import { auditCommands } from '@/lib/server/commands/audit';
import { identityCommands } from '@/lib/server/commands/identity';
import { importCommand } from '@/lib/server/commands/import';
import { policyCommands } from '@/lib/server/commands/policy';
import { reportCommands } from '@/lib/server/commands/report';
import { startCommand } from '@/lib/server/commands/start';

const program = new Command('braid')
  .description('Shared-state authorisation, live concurrency and proven revocation for non-human identities.')
  .version(process.env.npm_package_version ?? '0.1.0')
  .showHelpAfterError('(braid --help lists the commands)')
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'braid: ')) });

for (const add of [
  startCommand,
  importCommand,
  accessCommands,
  policyCommands,
  identityCommands,
  reportCommands,
  auditCommands,
])
  add(program);

await program.parseAsync();

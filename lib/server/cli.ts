import { Command } from 'commander';
import { pointToHelp } from '@/lib/server/commands/help';

type Add = (program: Command) => void;

/** Which file knows a command. Only the one asked for is loaded: `start` should not wait for the report's fonts. */
const GROUPS: { words: string[]; load: () => Promise<Add> }[] = [
  { words: ['start'], load: async () => (await import('@/lib/server/commands/start')).startCommand },
  { words: ['import'], load: async () => (await import('@/lib/server/commands/import')).importCommand },
  { words: ['tail'], load: async () => (await import('@/lib/server/commands/tail')).tailCommand },
  { words: ['token', 'operator'], load: async () => (await import('@/lib/server/commands/access')).accessCommands },
  { words: ['policy'], load: async () => (await import('@/lib/server/commands/policy')).policyCommands },
  {
    words: ['identity', 'session'],
    load: async () => (await import('@/lib/server/commands/identity')).identityCommands,
  },
  { words: ['hold'], load: async () => (await import('@/lib/server/commands/hold')).holdCommands },
  { words: ['task'], load: async () => (await import('@/lib/server/commands/task')).taskCommands },
  { words: ['exposure'], load: async () => (await import('@/lib/server/commands/exposure')).exposureCommands },
  { words: ['workflow'], load: async () => (await import('@/lib/server/commands/workflow')).workflowCommands },
  {
    words: ['revocation'],
    load: async () => (await import('@/lib/server/commands/revocation')).revocationCommands,
  },
  { words: ['playbook'], load: async () => (await import('@/lib/server/commands/playbook')).playbookCommands },
  { words: ['drill'], load: async () => (await import('@/lib/server/commands/drill')).drillCommands },
  { words: ['connector'], load: async () => (await import('@/lib/server/commands/connector')).connectorCommands },
  { words: ['approval'], load: async () => (await import('@/lib/server/commands/approval')).approvalCommands },
  {
    words: ['notification'],
    load: async () => (await import('@/lib/server/commands/notification')).notificationCommands,
  },
  { words: ['replay', 'boundaries'], load: async () => (await import('@/lib/server/commands/replay')).replayCommands },
  { words: ['export'], load: async () => (await import('@/lib/server/commands/export')).exportCommand },
  { words: ['hunt'], load: async () => (await import('@/lib/server/commands/hunt')).huntCommand },
  { words: ['report'], load: async () => (await import('@/lib/server/commands/report')).reportCommands },
  { words: ['audit', 'doctor'], load: async () => (await import('@/lib/server/commands/audit')).auditCommands },
];

const program = new Command('braid')
  .description('Shared-state authorisation, live concurrency and proven revocation for non-human identities.')
  .version('0.1.0')
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'braid: ')) });

const asked = GROUPS.filter((group) => group.words.includes(process.argv[2] ?? ''));
for (const group of asked.length > 0 ? asked : GROUPS) (await group.load())(program);
pointToHelp(program);
await program.parseAsync();

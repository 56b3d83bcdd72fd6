import type { Command } from 'commander';

/** After a word or flag that is not known, where the known ones stand: at the command that was asked. */
export function pointToHelp(command: Command, words: string[] = []): void {
  const path = [...words, command.name()];
  const what = command.commands.length ? 'lists its commands' : 'says what it takes';
  command.showHelpAfterError(`("${path.join(' ')} --help" ${what})`);
  for (const sub of command.commands) pointToHelp(sub, path);
}

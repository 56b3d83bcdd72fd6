// What `--help` says of every command, and what a wrong word, flag or id is answered with.
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { accessCommands } from '@/lib/server/commands/access';
import { approvalCommands } from '@/lib/server/commands/approval';
import { auditCommands } from '@/lib/server/commands/audit';
import { connectorCommands } from '@/lib/server/commands/connector';
import { drillCommands } from '@/lib/server/commands/drill';
import { pointToHelp } from '@/lib/server/commands/help';
import { identityCommands } from '@/lib/server/commands/identity';
import { importCommand } from '@/lib/server/commands/import';
import { playbookCommands } from '@/lib/server/commands/playbook';
import { policyCommands } from '@/lib/server/commands/policy';
import { refusal } from '@/lib/server/commands/refusal';
import { replayCommands } from '@/lib/server/commands/replay';
import { reportCommands } from '@/lib/server/commands/report';
import { revocationCommands } from '@/lib/server/commands/revocation';
import { startCommand } from '@/lib/server/commands/start';
import { workflowCommands } from '@/lib/server/commands/workflow';

function everything() {
  const said: string[] = [];
  const program = new Command('braid').exitOverride().configureOutput({
    writeErr: (text) => said.push(text),
    writeOut: (text) => said.push(text),
  });
  for (const add of [
    startCommand,
    importCommand,
    accessCommands,
    policyCommands,
    identityCommands,
    approvalCommands,
    connectorCommands,
    drillCommands,
    playbookCommands,
    replayCommands,
    reportCommands,
    revocationCommands,
    auditCommands,
    workflowCommands,
  ])
    add(program);
  pointToHelp(program);
  return { program, said };
}

interface Found {
  path: string;
  command: Command;
}
const walk = (command: Command, path = ''): Found[] =>
  command.commands.flatMap((sub) => {
    const here = `${path} ${sub.name()}`;
    return [{ path: here, command: sub }, ...walk(sub, here)];
  });

test('every command, argument and option says what it is', () => {
  const found = walk(everything().program);
  expect(found.length).toBeGreaterThan(55);
  const silent = found.flatMap(({ path, command }) => [
    ...(command.description() ? [] : [path]),
    ...command.registeredArguments.flatMap((one) => (one.description ? [] : [`${path} <${one.name()}>`])),
    ...command.options.flatMap((one) => (one.description ? [] : [`${path} ${one.long}`])),
  ]);
  expect(silent).toEqual([]);
});

test.each([
  [['tokn', 'list'], 'unknown command \'tokn\'\n(Did you mean token?)\n("braid --help" lists its commands)'],
  [['token', 'lst'], 'unknown command \'lst\'\n(Did you mean list?)\n("braid token --help" lists its commands)'],
  [
    ['token', 'list', '--jsn'],
    'unknown option \'--jsn\'\n(Did you mean --json?)\n("braid token list --help" says what it takes)',
  ],
])('%j is answered with what is close and where help stands', (argv, expected) => {
  const { program, said } = everything();
  expect(() => program.parse(argv, { from: 'user' })).toThrow();
  expect(said.join('').trim()).toBe(`error: ${expected}`);
});

describe('what a command was refused for', () => {
  const parsed = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error;
  const told = (error: unknown, command: string) => toBraidError(refusal(error, command.split(' '))).publicMessage;
  const ids = z.object({ decision: z.uuid().optional(), sessionIds: z.array(z.uuid()).optional() });
  const sample = '01a202a9-66c9-70f5-b808-d6d7e361948b';

  test('an id that is none: which, how one looks, and where they are', () => {
    expect(told(parsed(ids, { decision: 'nope' }), 'audit export --decision nope')).toBe(
      `There is no decision with id "nope": an id looks like ${sample}; its page and the answer to its caller (context.braid.decision_id) have it.`,
    );
    expect(told(parsed(ids, { sessionIds: ['x'] }), 'session terminate --reason y x')).toBe(
      `There is no session with id "x": an id looks like ${sample}; "braid session list" names them.`,
    );
    expect(told(parsed(z.object({ id: z.uuid() }), { id: 'x' }), 'approval show x')).toBe(
      `There is no request for approval with id "x": an id looks like ${sample}; "braid approval list" names them.`,
    );
  });
  test('an id of nothing that is there', () => {
    const none = (what: string) => new BraidError('not_found', `There is no such ${what}.`);
    expect(told(none('decision'), `audit export --decision ${sample}`)).toBe(
      `There is no decision ${sample}: its page and the answer to its caller (context.braid.decision_id) have it.`,
    );
    expect(told(none('token'), `token point ${sample} --mode online`)).toBe(
      `There is no token ${sample}: "braid token list" names them.`,
    );
    expect(told(none('exemption, or it is over'), `policy end-exemption ${sample} --reason x`)).toBe(
      `There is no exemption ${sample}, or it is over: "braid policy exemptions" names them.`,
    );
  });
  test('commands of one word, and versions of a set', () => {
    expect(told(new BraidError('not_found', 'There is no such policy set.'), 'boundaries nope')).toBe(
      'There is no policy set nope: Policies in the console names them.',
    );
    expect(told(new BraidError('not_found', 'There is no such version.'), 'policy promote pay 9 --reason x')).toBe(
      'There is no version 9 of pay: its page in the console lists them.',
    );
    const ended = z.object({ ended: z.array(z.object({ sessionId: z.uuid() })) });
    expect(told(parsed(ended, { ended: [{ sessionId: 'x' }] }), 'replay --end x@10:00')).toContain(
      'There is no session with id "x@10:00"',
    );
  });
  test('times, numbers and the rest', () => {
    const times = z.object({ from: z.iso.datetime({ offset: true }) });
    expect(told(parsed(times, { from: 'noon' }), 'replay --from noon')).toBe(
      '"noon" is not a time: write 2026-11-22T10:00:00Z.',
    );
    expect(told(parsed(z.object({ limit: z.number() }), { limit: Number.NaN }), 'session list --limit few')).toBe(
      '--limit "few" is not a number.',
    );
    expect(told(parsed(z.object({ reason: z.string().min(3, 'is too short') }), { reason: 'x' }), 'a b')).toBe(
      '--reason is too short.',
    );
    const states = z.object({ state: z.enum(['live', 'ended']) });
    expect(told(parsed(states, { state: 'foo' }), 'revocation list --state foo')).toBe(
      '--state "foo" has to be one of live, ended.',
    );
    expect(told(new BraidError('conflict', 'It is so.'), 'a b')).toBe('It is so.');
  });
});

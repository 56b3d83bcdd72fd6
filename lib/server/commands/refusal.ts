import type { z } from 'zod';
import { issueText as inWords } from '@/lib/http/issue-format';
import { BraidError, type ErrorCode } from '@/lib/platform/errors';

type Issue = z.core.$ZodIssue;

const SAMPLE_ID = '01a202a9-66c9-70f5-b808-d6d7e361948b';

/** What an id is of, by how it is asked for, and where those that are there stand. */
const KINDS: Record<string, { what: string; where: string }> = {
  identity: { what: 'identity', where: '"braid identity list" names them' },
  session: { what: 'session', where: '"braid session list" names them' },
  decision: { what: 'decision', where: 'its page and the answer to its caller (context.braid.decision_id) have it' },
  exposure: {
    what: 'exposure',
    where: '"braid exposure near" lists those near their limit, the address of a path has it too',
  },
  approval: { what: 'request for approval', where: '"braid approval list" names them' },
  exemption: { what: 'exemption', where: '"braid policy exemptions" names them' },
  token: { what: 'token', where: '"braid token list" names them' },
  workflow: { what: 'workflow', where: '"braid workflow list" names them' },
  revocation: { what: 'revocation', where: '"braid revocation list" names them' },
  playbook: { what: 'playbook', where: '"braid playbook list" names them' },
  connector: { what: 'connector', where: '"braid connector list" names them' },
  set: { what: 'policy set', where: 'Policies in the console names them' },
};

/** `sessionIds.0` → session, `exposureId` → exposure, `ended.0.sessionId` → session; a bare `id` is of the command's noun. */
function kindOf(path: readonly PropertyKey[], argv: readonly string[]) {
  const name = String(path.findLast((part) => typeof part === 'string') ?? 'id').replace(/Ids?$/, '');
  const noun = argv[1] === 'end-exemption' ? 'exemption' : argv[0] === 'boundaries' ? 'set' : argv[0];
  return KINDS[name] ?? (name === 'id' || name === 'name' ? KINDS[noun ?? ''] : undefined);
}

/** Options that can be given several times, by the member of the input they become. */
const SEVERAL: Record<string, string> = { ended: 'end', limits: 'limit', scopes: 'scope', versions: 'version' };
/** Commands that are one word; the others are a noun and a verb. */
const ONE_WORD = ['start', 'import', 'replay', 'boundaries', 'doctor'];

const optionOf = (path: readonly PropertyKey[]): string =>
  SEVERAL[String(path[0])] ??
  String(path.findLast((part) => typeof part === 'string') ?? 'value')
    .replace(/Id$/, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What was typed for it: after its option, else the first argument of the command. */
function typed(path: readonly PropertyKey[], argv: readonly string[]): string | undefined {
  const flag = `--${optionOf(path)}`;
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at >= 0) return argv[at]!.includes('=') ? argv[at]!.slice(flag.length + 1) : argv[at + 1];
  return argumentsOf(argv)[0];
}

const argumentsOf = (argv: readonly string[]): string[] =>
  argv
    .slice(ONE_WORD.includes(argv[0] ?? '') ? 1 : 2)
    .filter((word, index, all) => !word.startsWith('-') && !all[index - 1]?.startsWith('--'));

const OTHERS: Record<string, string> = {
  datetime: 'is not a time: write 2026-11-22T10:00:00Z',
  email: 'is not an email address',
};

function issueText(issue: Issue, argv: readonly string[]): string {
  const given = typed(issue.path, argv);
  const quoted = given === undefined ? `--${optionOf(issue.path)}` : `"${given}"`;
  if (issue.code === 'invalid_format' && (issue.format === 'uuid' || issue.format === 'guid')) {
    const kind = kindOf(issue.path, argv);
    const next = kind ? `; ${kind.where}` : '';
    return `There is no ${kind?.what ?? 'such thing'} with id ${quoted}: an id looks like ${SAMPLE_ID}${next}.`;
  }
  if (issue.code === 'invalid_format' && OTHERS[issue.format]) return `${quoted} ${OTHERS[issue.format]}.`;
  if (issue.code === 'invalid_type' && issue.expected === 'number')
    return `--${optionOf(issue.path)} ${given === undefined ? '' : `${quoted} `}is not a number.`;
  const name = issue.path.length ? `--${optionOf(issue.path)} ${given === undefined ? '' : `${quoted} `}` : '';
  return `${name}${inWords(issue)}.`;
}

/**
 * What a command was refused for, as a sentence with the next step: what a schema says in its own terms, or that nothing has
 * the id that was typed. `argv` begins with the noun. Pure.
 */
export function refusal(error: unknown, argv: readonly string[]): unknown {
  const issue = (error as { name?: string; issues?: Issue[] } | null)?.issues?.[0];
  if (issue && (error as Error).name === 'ZodError') return new BraidError('input.invalid', issueText(issue, argv));
  if (!(error instanceof BraidError)) return error;
  const [, said, more = ''] = /^There is no such ([a-z ]+)(, or it is over)?\.?$/.exec(error.publicMessage) ?? [];
  if (!said) return error;
  const kind = Object.values(KINDS).find((one) => one.what === said) ?? kindOf(['id'], argv);
  if (said === 'version') {
    const [set, version] = argumentsOf(argv);
    return new BraidError('not_found', `There is no version ${version} of ${set}: its page in the console lists them.`);
  }
  const given = ['identity', 'session', 'decision', 'exposure'].map((one) => optionValue(one, argv)).find(Boolean);
  const id = given ?? typed(['id'], argv);
  if (!id) return error;
  const looks = kind && !named(kind) && !/^[0-9a-f]{8}-/.test(id) ? `an id looks like ${SAMPLE_ID}; ` : '';
  const next = kind ? `: ${looks}${kind.where}` : '';
  return new BraidError(error.code as ErrorCode, `There is no ${said} ${id}${more}${next}.`, { cause: error.cause });
}

/** A policy set is known by its name; everything else by an id. */
const named = ({ what }: { what: string }): boolean => what === 'policy set';

function optionValue(name: string, argv: readonly string[]): string | undefined {
  const at = argv.indexOf(`--${name}`);
  return at >= 0 ? argv[at + 1] : undefined;
}

import { checkShape, type Shaped } from '@/lib/policies/check-shape';
import { compileDocument } from '@/lib/policies/compile-document';
import { type PolicyDocument, type Problem, SCOPES } from '@/lib/policies/model';
import { type Path, readSource } from '@/lib/policies/read-source';
import type { Report } from '@/lib/policies/shape-problems';
import { suggest } from '@/lib/policies/suggest';

export interface Checked {
  ok: boolean;
  problems: Problem[];
  document?: PolicyDocument;
}

const MAX_PROBLEMS = 100;

/**
 * Reads and compiles a policy set: one source, or the files of a folder. Every problem stands at its file, line and column;
 * one does not hide another. Pure.
 */
export function check(source: string | { name: string; text: string }[]): Checked {
  const read = readSource(typeof source === 'string' ? [{ text: source }] : source);
  const { problems } = read;
  if (read.raw === undefined) return refused(problems);
  const report: Report = (path, message, offset = 0, code = codeOf(path)) => {
    problems.push({ ...read.locate(path, offset), code, path: path.join('.'), message });
  };
  const shaped = checkShape(read.raw, report);
  if (shaped) compileDocument(shaped.document, compileReport(shaped, report, problems.length > 0));
  return problems.length || !shaped ? refused(problems) : { ok: true, problems, document: shaped.document };
}

const refused = (problems: Problem[]): Checked => ({
  ok: false,
  problems: problems
    .sort((a, b) => (a.file ?? '').localeCompare(b.file ?? '') || a.line - b.line || a.column - b.column)
    .slice(0, MAX_PROBLEMS),
});

/** Of problems found while compiling: at the rule's own place, and none that only follow from what could not be read. */
function compileReport({ document, places, mended, meterNames }: Shaped, report: Report, unreadable: boolean) {
  const broken = new Set(meterNames.filter((name) => !document.meters[name]));
  return (path: Path, message: string, offset = 0, code?: string): void => {
    const [section, index] = path;
    const at: Path = section === 'rules' ? [section, places[Number(index)] ?? Number(index), ...path.slice(2)] : path;
    if (section === 'set' && unreadable) return; // whether it has rules is not known
    const ofItself = code !== undefined || path.at(-1) === 'meter' || path.at(-1) === 'id';
    if (mended.has(at.slice(0, 2).join('.')) && !ofItself) return;
    const rule = section === 'rules' ? document.rules[Number(index)] : undefined;
    const counted = rule && 'limit' in rule ? `meters.${rule.limit.meter}` : '';
    if (path.at(-1) === 'max' && code === undefined && mended.has(counted)) return;
    if (broken.size && /^There is no meter|^No such key: |^Unknown variable: meters/.test(message)) {
      const word = /"(\w+)"|: (\w+)/.exec(message);
      const name = word?.[1] ?? word?.[2] ?? '';
      if (broken.has(name) || name === 'meters') return;
    }
    report(at, `${message}${path.includes('per') ? scopeMeant(message) : ''}`, offset, code);
  };
}

/** Scopes are words that stand for expressions, so a misspelt one is an unknown variable. */
function scopeMeant(message: string): string {
  const word = /^Unknown variable: (\w+)\.$/.exec(message)?.[1];
  return word ? suggest(word, Object.keys(SCOPES)) : '';
}

function codeOf(path: Path): string {
  const last = path.at(-1);
  if (path[0] === 'meters') return 'meter.invalid';
  if (path[0] !== 'rules') return 'set.invalid';
  if (last === 'meter') return 'meter.unknown';
  return last === 'id' && path.length === 3 ? 'rule.duplicate' : 'rule.invalid';
}

import { keyText, PLAIN, sortedKeys } from '@/lib/decisions/canonical';
import { BRAID_WORDS, type BraidContext, SESSION_WORDS } from '@/lib/decisions/request-model';
import type { Asked } from '@/lib/policies/compiled-model';
import { SESSION_KINDS } from '@/lib/sessions/model';

// Most requests are in order and say nothing unusual. They are read in one walk that also writes them in canonical form.
// Whatever is not as expected is not judged here: the schemas read it, and say what is wrong, if anything is.

export const MAX_DEPTH = 32;
export const MAX_NODES = 20_000;
export const LONE_SURROGATE = /\p{Surrogate}/u;

export interface Read {
  asked: Asked;
  braid: BraidContext;
  /** RFC 8785 text of `asked`. */
  text: string;
  /** The longest list or map of the request. */
  longest: number;
}

type Fields = Record<string, unknown>;

/** A plain map, none of whose names means something to JavaScript itself. */
const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !Object.hasOwn(value, '__proto__') &&
  !Object.hasOwn(value, 'constructor');

const isWord = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most;

/** Thrown away with the walk it ends. */
const GIVE_UP = Symbol('not read');

class Walk {
  longest = 0;
  private nodes = 0;

  text(value: unknown, depth: number): string {
    if (++this.nodes > MAX_NODES || depth > MAX_DEPTH) throw GIVE_UP;
    if (typeof value === 'string') return this.word(value);
    if (value === null) return 'null';
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw GIVE_UP;
      return JSON.stringify(value);
    }
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (typeof value !== 'object') throw GIVE_UP;
    return Array.isArray(value) ? this.list(value, depth) : this.map(value as Fields, depth);
  }

  map(value: Fields, depth: number): string {
    const names = sortedKeys(value);
    this.count(names.length);
    let text = '';
    for (const name of names) {
      this.nodes += 1;
      const key = PLAIN.test(name) ? keyText(name) : `${this.word(name)}:`;
      text += `${text ? ',' : ''}${key}${this.text(value[name], depth + 1)}`;
    }
    return `{${text}}`;
  }

  /** What holds `members` things holds that many more nodes. */
  count(members: number): void {
    if (members > this.longest) this.longest = members;
  }

  private list(value: unknown[], depth: number): string {
    this.count(value.length);
    let text = '';
    for (const member of value) text += `${text ? ',' : ''}${this.text(member, depth + 1)}`;
    return `[${text}]`;
  }

  private word(text: string): string {
    if (PLAIN.test(text)) return `"${text}"`;
    if (text.includes('\u0000') || LONE_SURROGATE.test(text)) throw GIVE_UP;
    return JSON.stringify(text);
  }
}

/** Reads a request that is in order; null when the schemas have to. */
export function readQuickly(body: unknown): Read | null {
  if (!isMap(body)) return null;
  let members = 0;
  for (const name in body) {
    if (name !== 'subject' && name !== 'action' && name !== 'resource' && name !== 'context') return null;
    members += 1;
  }
  const { subject, action, resource, context = {} } = body;
  if (!isEntity(subject, 'id') || !isEntity(action, null) || !isEntity(resource, 'id')) return null;
  if (!isMap(context) || !areNames(context)) return null;
  const braid = context.braid === undefined ? {} : braidOf(context.braid);
  if (!braid || ('braid' in context && context.braid === undefined)) return null;
  try {
    const walk = new Walk();
    walk.count(members);
    const text = `{"action":${walk.text(action, 1)},"context":${walk.text(context, 1)},"resource":${walk.text(
      resource,
      1,
    )},"subject":${walk.text(subject, 1)}}`;
    const asked = { subject, action, resource, context } as unknown as Asked;
    return { asked, braid, text, longest: walk.longest };
  } catch (error) {
    if (error !== GIVE_UP) throw error;
    return null;
  }
}

/** `{type, id, properties?}`, or with no id `{name, properties?}`, and nothing else. */
function isEntity(value: unknown, id: 'id' | null): value is Fields {
  if (!isMap(value)) return false;
  for (const name in value) {
    const of = value[name];
    if (name === 'properties') {
      if (!isMap(of) || !areNames(of)) return false;
    } else if (id === null) {
      if (name !== 'name' || !isWord(of, 200)) return false;
    } else if (name === 'type') {
      if (!isWord(of, 200)) return false;
    } else if (name !== 'id' || !isWord(of, 1024)) return false;
  }
  return id === null ? value.name !== undefined : value.type !== undefined && value.id !== undefined;
}

/** Names short enough to be attributes. */
function areNames(value: Fields): boolean {
  for (const name in value) if (name.length > 200) return false;
  return true;
}

/** Braid's part of the context; null: let the schema say. */
function braidOf(value: unknown): BraidContext | null {
  if (!isMap(value)) return null;
  for (const name in value) {
    const of = value[name];
    if (name === 'session') {
      if (!isSession(of)) return null;
    } else if (name === 'credential') {
      if (!isMap(of) || Object.keys(of).length !== 1 || !isWord(of.id, BRAID_WORDS.credential)) return null;
    } else if (name === 'idempotency_key') {
      if (!isWord(of, BRAID_WORDS.idempotency_key)) return null;
    } else if (name !== 'dry_run' || typeof of !== 'boolean') return null;
  }
  return value as BraidContext;
}

const KINDS: ReadonlySet<unknown> = new Set(SESSION_KINDS);

function isSession(value: unknown): boolean {
  if (!isMap(value) || !isWord(value.id, SESSION_WORDS.id)) return false;
  for (const name in value) {
    const of = value[name];
    if (name === 'tags') {
      if (!Array.isArray(of) || of.length > 32) return false;
      for (const tag of of) if (!isWord(tag, 64)) return false;
    } else if (name === 'kind') {
      if (!KINDS.has(of)) return false;
    } else if (!Object.hasOwn(SESSION_WORDS, name) || !isWord(of, SESSION_WORDS[name as keyof typeof SESSION_WORDS]))
      return false;
  }
  return true;
}

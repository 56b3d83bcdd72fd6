import type { ASTNode } from '@marcbachmann/cel-js';
import { environment } from '@/lib/policies/expression';

/** `context.account.id` as its names; `dynamic`: it goes on by an index that is computed or a number. */
export interface MemberPath {
  names: string[];
  dynamic: boolean;
}

const bare = environment([]);

/** Every member of the request and of what is known that an expression without meters reads; each once. Pure. */
export function pathsOf(source: string): MemberPath[] {
  const found = new Map<string, MemberPath>();
  visit(bare.parse(source).ast, found);
  return [...found.values()];
}

function visit(node: ASTNode, into: Map<string, MemberPath>): void {
  const path = pathOf(node);
  if (!path) {
    each(node.args, into);
    return;
  }
  into.set(JSON.stringify(path), path);
  // What an index is computed from is read as well.
  for (let at = node; at.op === '.' || at.op === '[]'; at = at.args[0]) if (at.op === '[]') each(at.args[1], into);
}

function each(value: unknown, into: Map<string, MemberPath>): void {
  if (Array.isArray(value)) for (const one of value) each(one, into);
  else if (value && typeof value === 'object' && 'op' in value) visit(value as ASTNode, into);
}

function pathOf(node: ASTNode): MemberPath | null {
  if (node.op === 'id') return { names: [node.args], dynamic: false };
  if (node.op !== '.' && node.op !== '[]') return null;
  const [of, member] = node.args as [ASTNode, string | ASTNode];
  const inner = pathOf(of);
  if (!inner || inner.dynamic) return inner;
  const name = typeof member === 'string' ? member : member.op === 'value' ? member.args : null;
  return typeof name === 'string' ? { names: [...inner.names, name], dynamic: false } : { ...inner, dynamic: true };
}

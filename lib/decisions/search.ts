import { createHash } from 'node:crypto';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { canonical } from '@/lib/decisions/canonical';
import { catalogue } from '@/lib/decisions/catalogue';
import { parse } from '@/lib/decisions/parse';
import {
  DEFAULT_PAGE,
  MAX_PAGE,
  SEARCH_SCHEMAS,
  type SearchAnswer,
  type Searched,
  type SearchQuestion,
  type SearchResult,
} from '@/lib/decisions/search/model';
import { candidates, isKnownSubject, isSeenResource } from '@/lib/decisions/search/store';
import { declared as readDeclared } from '@/lib/exposures/declared';
import { look } from '@/lib/exposures/look';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import type { DeclaredEntities } from '@/lib/policies/model';

/** Candidates judged in one go, and for one page at most: what is left is the next page's. */
const CHUNK = 200;
const MAX_JUDGED = 2_000;
/** Searches of this process at once: a search judges hundreds of requests where a decision judges one. */
const MAX_AT_ONCE = 2;
const REFRESH_MS = 2_000;

let running = 0;
let refreshedMs = 0;

/**
 * AuthZEN search: the subjects, resources or actions the policies would allow now, of those that are known: declared in a
 * policy set, or seen in this caller's namespace. Looks only: reserves nothing, records nothing, and what it found may be
 * refused when it is asked for. Somebody or something unknown gives no results. Throws `input.invalid`,
 * `access.rate_limited`, `state_unavailable`.
 */
export async function search(ctx: Ctx, what: Searched, body: unknown): Promise<SearchAnswer> {
  authorise(ctx, 'decision.ask');
  const asked = read(what, body);
  // Refuses what no question could be made of, before anything is looked for.
  parse(ctx.actor, bodyOf(what, asked, 'any'), { arrivedMs: 0 });
  if (running >= MAX_AT_ONCE) throw new BraidError('access.rate_limited', 'Too many searches are running.');
  running += 1;
  try {
    return await page(ctx, what, asked);
  } finally {
    running -= 1;
  }
}

function read(what: Searched, body: unknown): SearchQuestion {
  const parsed = SEARCH_SCHEMAS[what].safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new BraidError('input.invalid', `${issue.path.join('.') || 'request'}: ${issue.message}`.slice(0, 300));
}

async function page(ctx: Ctx, what: Searched, asked: SearchQuestion): Promise<SearchAnswer> {
  const issuer = ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default';
  const limit = Math.min(asked.page?.limit ?? DEFAULT_PAGE, MAX_PAGE);
  const digest = digestOf(what, issuer, asked);
  let after = cursorOf(asked.page?.token, digest);
  const declared = await readDeclared();
  await refresh(ctx);
  const results: SearchResult[] = [];
  const done = (next: string): SearchAnswer => ({
    page: { next_token: next, count: results.length },
    results,
  });
  if (!(await isKnown(what, issuer, asked, declared))) return done('');
  const type = what === 'subject' ? asked.subject.type : asked.resource.type;
  const names = declaredNames(what, declared, type);
  let lastAllowed = after;
  for (let judged = 0; judged < MAX_JUDGED; ) {
    const found = await candidates(what, { issuer, type, after, declared: names, limit: CHUNK });
    if (!found.length) return done('');
    const items = found.map((name) => parse(ctx.actor, bodyOf(what, asked, name), { arrivedMs: performance.now() }));
    const looked = await look(items);
    for (const [index, { judgement }] of looked.entries()) {
      if (judgement.verdict !== 'allow') continue;
      // One more than the page holds is there: it begins the next one.
      if (results.length === limit) return done(tokenOf(lastAllowed, digest));
      results.push(resultOf(what, type, found[index]!));
      lastAllowed = found[index]!;
    }
    judged += found.length;
    after = found.at(-1)!;
    if (found.length < CHUNK) return done('');
  }
  return done(tokenOf(after, digest));
}

/** What was asked about a moment ago can be searched for. */
async function refresh(ctx: Ctx): Promise<void> {
  if (clock.ms() - refreshedMs < REFRESH_MS) return;
  refreshedMs = clock.ms();
  await catalogue(ctx, { pages: 1 });
}

async function isKnown(
  what: Searched,
  issuer: string,
  { subject, resource }: SearchQuestion,
  declared: DeclaredEntities,
): Promise<boolean> {
  const names = (one: { type: string; id?: string }, of: { type: string; id: string }[]) =>
    of.some((entity) => entity.type === one.type && entity.id === one.id);
  if (what !== 'subject' && !names(subject, declared.subjects))
    if (!(await isKnownSubject(issuer, subject.type, subject.id!))) return false;
  if (what !== 'resource' && !names(resource, declared.resources))
    if (!(await isSeenResource(issuer, resource.type, resource.id!))) return false;
  return true;
}

function declaredNames(what: Searched, declared: DeclaredEntities, type: string): string[] {
  if (what === 'action') return declared.actions.map((action) => action.name);
  const entities = what === 'subject' ? declared.subjects : declared.resources;
  return entities.filter((entity) => entity.type === type).map((entity) => entity.id);
}

const bodyOf = (what: Searched, { subject, action, resource, context }: SearchQuestion, name: string) => ({
  subject: what === 'subject' ? { ...subject, id: name } : subject,
  resource: what === 'resource' ? { ...resource, id: name } : resource,
  action: what === 'action' ? { name } : action,
  ...(context ? { context } : {}),
});

const resultOf = (what: Searched, type: string, name: string): SearchResult =>
  what === 'action' ? { name } : { type, id: name };

/** Everything but the page: a token goes on with the search it came from, and with no other. */
const digestOf = (what: Searched, issuer: string, { page: _, ...asked }: SearchQuestion): string =>
  createHash('sha256').update(canonical({ what, issuer, asked })).digest('base64url').slice(0, 22);

const tokenOf = (after: string, digest: string): string =>
  Buffer.from(JSON.stringify([digest, after])).toString('base64url');

function cursorOf(token: string | undefined, digest: string): string {
  if (!token) return '';
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw new BraidError('input.invalid', 'page.token is none of this search.');
  }
  if (Array.isArray(read) && read[0] === digest && typeof read[1] === 'string') return read[1];
  throw new BraidError('input.invalid', 'page.token belongs to another search: nothing but the page may change.');
}

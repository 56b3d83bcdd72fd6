import type { NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { canEnter, type Deps, heldOf } from '@/lib/connectors/oidc/end';
import { expiryOf, fingerprint } from '@/lib/connectors/oidc/found-normalise';
import type { Held } from '@/lib/connectors/oidc/settings-model';
import { clock } from '@/lib/platform/clock';

interface Look {
  deps: Deps;
  /** Since when it can't come in, ms. */
  since: number;
  checks: Probed['checks'];
  residuals: Residual[];
}

const note = ({ checks }: Look, check: string, saw: string) =>
  checks.push({ check, saw: saw.slice(0, 400), at: clock.now().toISOString() });

const iso = (ms: number) => new Date(ms).toISOString();
const named = (token: Held) => `${token.kind.replace('_', ' ')} ${fingerprint(token.value).slice(0, 8)}`;

/** true: the provider still calls it active. A signed token that is over there lives on where nobody asks the provider. */
async function lives(look: Look, token: Held): Promise<boolean> {
  const { active, unsupported } = await look.deps.client.introspect(token.value);
  note(look, `${named(token)} introspected`, active ? 'active' : unsupported ? 'not answered for' : 'not active');
  const expires = expiryOf(token.value);
  if (unsupported && !expires) return true;
  if (!active && token.kind === 'access_token' && expires && expires > clock.ms())
    look.residuals.push({
      what: `self-contained ${named(token)}`,
      why: 'Services that check its signature and do not ask the provider accept it until it expires.',
      until: iso(expires),
      gap: 'G2',
    });
  return active;
}

/** Redeems a held refresh token: it would mint before, so a refusal is the proof. What it mints is revoked at once. */
async function redeem(look: Look, token: Held): Promise<void> {
  const { deps } = look;
  const [secret] = heldOf(deps, token.client, 'secret');
  const as = { id: token.client, secret: secret?.value ?? '' };
  const got = await deps.client.mint(as, token.value);
  note(look, `${named(token)} redeemed`, got ? 'minted an access token' : 'refused');
  if (!got) return;
  const kind = got.refresh_token ? 'refresh_token' : 'access_token';
  await deps.client.revoke({ kind, value: got.refresh_token ?? got.access_token }, secret ? as : undefined);
  look.residuals.push({
    what: named(token),
    why: 'It minted an access token after it was revoked. What it minted was revoked.',
    until: null,
    gap: 'G1',
  });
}

/** A login with a client's own secret: undefined where none is held. What it is given is revoked at once. */
async function login(look: Look, client: string): Promise<boolean | undefined> {
  const { deps } = look;
  const [secret] = heldOf(deps, client, 'secret');
  if (!secret) return undefined;
  const as = { id: client, secret: secret.value };
  const got = await deps.client.mint(as);
  note(look, 'login with its own secret', got ? 'let in' : 'refused');
  if (got) await deps.client.revoke({ kind: 'access_token', value: got.access_token }, as);
  return got !== null;
}

/** Tokens nobody can list: over once the longest life of a token has passed since the block, as far as that is known. */
function unheld(look: Look): 'over' | 'bounded' | 'unknown' {
  const { tokenSecs } = look.deps.config;
  if (!tokenSecs) return 'unknown';
  const until = look.since + tokenSecs * 1000;
  if (until <= clock.ms()) return 'over';
  look.residuals.push({
    what: 'access tokens issued before that Braid does not hold',
    why: 'No standard lists them, and those that are signed are not asked about.',
    until: iso(until),
    gap: 'G2',
  });
  return 'bounded';
}

export async function probeClient(deps: Deps, client: string): Promise<Probed> {
  const look: Look = { deps, since: clock.ms(), checks: [], residuals: [] };
  const answer = (result: Probed['result'], detail: string): Probed => ({
    result,
    detail,
    checks: look.checks,
    residuals: result === 'gone' ? look.residuals : [],
  });
  const [managed] = heldOf(deps, client, 'registration');
  const open = managed ? await canEnter(deps, client) : undefined;
  if (managed) note(look, 'registration read', open ? 'it has grants' : 'no grants');
  if (open) {
    await deps.since.forget(client);
    return answer('alive', 'the client may still obtain tokens');
  }
  // Where no registration shows the block, nothing says since when it holds: it is reckoned from now.
  if (managed) look.since = await deps.since.stands(client);
  const tokens = [...heldOf(deps, client, 'access_token'), ...heldOf(deps, client, 'refresh_token')];
  const active: Held[] = [];
  for (const token of tokens) if (await lives(look, token)) active.push(token);
  if (active.length) return answer('alive', `${active.map(named).join(', ')} still active`);
  const entered = await login(look, client);
  if (entered) return answer('alive', 'its secret still obtains tokens');
  for (const token of tokens) if (token.kind === 'refresh_token') await redeem(look, token);
  if (!managed && entered === undefined)
    return answer('unknown', 'the tokens Braid holds are over; whether it may obtain others can’t be tried');
  if (unheld(look) === 'unknown')
    return answer(
      'unknown',
      'it obtains no token any more; those issued before that Braid does not hold can’t be listed (G9)',
    );
  return answer('gone', `obtains no token any more${tokens.length ? `, ${tokens.length} held over` : ''}`);
}

export async function probeToken(deps: Deps, session: NativeSession): Promise<Probed> {
  const look: Look = { deps, since: clock.ms(), checks: [], residuals: [] };
  const token = deps.held().find((one) => fingerprint(one.value) === session.native.held);
  if (!token) {
    note(look, 'held token looked up', 'no longer held');
    return { result: 'unknown', detail: 'Braid no longer holds this token', checks: look.checks, residuals: [] };
  }
  if (await lives(look, token)) return { result: 'alive', detail: 'still active', checks: look.checks, residuals: [] };
  if (token.kind === 'refresh_token') await redeem(look, token);
  return { result: 'gone', detail: `${named(token)} is over`, checks: look.checks, residuals: look.residuals };
}

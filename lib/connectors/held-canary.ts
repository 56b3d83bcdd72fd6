import type { CanarySession, Residual, Tested } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import type { RestReply } from '@/lib/platform/rest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/**
 * What came of trying a credential as its holder would. `refused` is the system's own word about it: a wrong request, a
 * failing server or a silence is `unclear` or thrown (`connector.unreachable`, `connector.limited`), never a refusal.
 */
export type Tried =
  | {
      verdict: 'accepted';
      saw: string;
      /** What it was given to use; until when that lives by itself, ms; null: the system asks about it with every use. */
      token: string;
      until: number | null;
    }
  | { verdict: 'refused' | 'unclear'; saw: string };

/** Errors of a token endpoint that speak of the client or its credential (RFC 6749 section 5.2), not of how it was asked. */
const REFUSALS = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'access_denied',
  'disabled_client',
]);
/** An assertion out of its time: a wrong clock here, nothing about the credential. */
const OUT_OF_TIME = /timeframe|AADSTS700024|not within its valid time range/i;

/** What a token endpoint said to a credential. */
export function triedAt({ status, body }: RestReply): Tried {
  const said = objectOf(body);
  const token = textOf(said.access_token, 16_000);
  if (status === 200 && token) {
    const until = clock.ms() + (Number(said.expires_in) || 3_600) * 1_000;
    return { verdict: 'accepted', saw: 'token made', token, until };
  }
  const error = textOf(said.error, 60) ?? '';
  const text = textOf(said.error_description, 200) ?? '';
  const refused = (status === 400 || status === 401) && REFUSALS.has(error) && !OUT_OF_TIME.test(text);
  return { verdict: refused ? 'refused' : 'unclear', saw: `${status} ${error} ${text}`.trim() };
}

export interface Served {
  served: boolean;
  saw: string;
}

export interface Ways {
  /** External id of the canary. */
  id: string | undefined;
  /** Is its credential held? */
  held: boolean;
  enter(): Promise<Tried>;
  /** Uses what was given: does it still live, as far as the system itself tells? */
  serves(token: string): Promise<Served>;
  /** Gives it back where the system takes it. */
  drop?(token: string): Promise<void>;
}

export interface Proven {
  verdict: Tried['verdict'];
  saw: string;
  /** What the canary was given before, and the system has just served again. */
  left: Residual | null;
}

export interface HeldCanary {
  enter(externalId: string): Promise<CanarySession | null>;
  /** Tries the credential, and what it was given before. null: none is held of this identity. */
  prove(externalId: string, note: (check: string, saw: string) => void): Promise<Proven | null>;
  /** For Test connection: does the credential work? Empty where no canary is named. */
  check(): Promise<Tested['checks']>;
}

const WORDS = { accepted: 'let in', refused: 'refused', unclear: 'can’t tell' };
const said = ({ verdict, saw }: Tried): string => `${WORDS[verdict]}: ${saw}`.slice(0, 400);

/** What was given lives until then, and the probe that found so may not read verified before. */
const livesOn = (until: number, saw: string): Residual => ({
  what: 'an access token the canary was given before',
  why: `It was tried just now and lives on (${saw}).`.slice(0, 300),
  until: new Date(until).toISOString(),
  gap: 'G2',
});

/** Tries a canary's credential where a service issues tokens for it, and remembers the last token for the probe after the block. */
export function heldCanary(ways: Ways): HeldCanary {
  let before: { token: string; until: number } | null = null;
  const enter = async (): Promise<Tried> => {
    const tried = await ways.enter();
    if (tried.verdict === 'accepted') before = tried.until === null ? null : { token: tried.token, until: tried.until };
    return tried;
  };
  const dropped = async (tried: Tried) => {
    if (tried.verdict === 'accepted') await ways.drop?.(tried.token).catch(() => undefined);
  };
  return {
    async enter(externalId) {
      if (!ways.held || externalId !== ways.id)
        throw new BraidError('connector.unsupported', `No credential of ${externalId} is held: only the canary’s is.`);
      const tried = await enter();
      if (tried.verdict === 'refused') return null;
      if (tried.verdict !== 'accepted')
        throw new BraidError('connector.refused', `The canary could not be tried: ${tried.saw}.`);
      const { token, until } = tried;
      return {
        alive: async () => (await ways.serves(token)).served,
        close: async () => ways.drop?.(token),
        ...(until === null ? {} : { livesUntil: new Date(until).toISOString() }),
      };
    },
    async prove(externalId, note) {
      if (!ways.held || externalId !== ways.id) return null;
      const tried = await enter();
      note('credential of the canary tried', said(tried));
      await dropped(tried);
      if (!before || before.until <= clock.ms()) return { verdict: tried.verdict, saw: tried.saw, left: null };
      const { served, saw } = await ways.serves(before.token);
      note('token it was given before, tried', `${served ? 'lives' : 'dead'}: ${saw}`.slice(0, 400));
      return { verdict: tried.verdict, saw: tried.saw, left: served ? livesOn(before.until, saw) : null };
    },
    async check() {
      if (!ways.id) return [];
      const check = 'Canary can log in';
      if (!ways.held)
        return [
          { check, ok: false, detail: 'Its credential is not held.', fix: 'Add its credential to the connector.' },
        ];
      const tried = await enter().catch((error): Tried => {
        return { verdict: 'unclear', saw: toBraidError(error).publicMessage };
      });
      await dropped(tried);
      const ok = tried.verdict === 'accepted';
      const fix = 'Check that the canary is enabled and that its credential is the one pasted here.';
      return [{ check, ok, detail: said(tried), ...(ok ? {} : { fix }) }];
    },
  };
}

/** The residuals a probe says, with what the canary's own token showed, unless they cover it. */
export const residualsWith = (residuals: Residual[], left: Residual | null | undefined): Residual[] =>
  left && !residuals.some((one) => one.until === null || one.until >= left.until!) ? [...residuals, left] : residuals;

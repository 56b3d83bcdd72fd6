import type { z } from 'zod';
import type { Capabilities, ConnectHost, Connection, Manifest } from '@/lib/connectors/contract';
import type { Means } from '@/lib/connectors/model';

/** The methods each capability brings: there where it is declared, and not there where it is not. */
export const METHODS = {
  discover: ['discover'],
  list: ['listSessions'],
  terminateOne: ['terminateSession'],
  revokeAll: ['canEnter', 'blockIdentity', 'endSessions'],
  pause: ['pauseIdentity'],
  restore: ['restoreIdentity'],
  probe: ['probeIdentity'],
  derived: ['endDerived'],
  predict: ['predict'],
  canary: ['enterAsCanary'],
  changes: ['discoverChanges'],
  events: ['pullEvents'],
  consents: ['revokeConsent', 'probeConsent'],
  rotate: ['rotateSecret', 'probeRotated'],
} as const satisfies Partial<Record<keyof Capabilities, readonly (keyof Connection)[]>>;

type Ability = keyof typeof METHODS;
type MethodOf<A extends Ability> = (typeof METHODS)[A][number];

/** What of a manifest says what a connection can do, and by which settings. */
type Declares = Pick<Manifest, 'capabilities' | 'config' | 'secrets'>;

type MeansOf<C, A> = A extends keyof C ? C[A] : undefined;
type Can<C, A> = [Exclude<MeansOf<C, A>, 'none' | undefined>] extends [never] ? false : true;
type CanBeWithout<C, A> = [Extract<MeansOf<C, A>, 'none' | undefined>] extends [never] ? false : true;
/** What its settings leave of it; where they leave all of it, what it declares. */
type Narrowed<M extends Declares> = M extends { capabilitiesOf(config: never): infer C } ? C : never;

/** Whether what it declares is always there, there with some settings (what `capabilitiesOf` may answer `none` for), or never. */
type Declared<M extends Declares, A extends Ability> =
  Can<M['capabilities'], A> extends false
    ? 'never'
    : [Narrowed<M>] extends [never]
      ? 'always'
      : CanBeWithout<Narrowed<M>, A> extends true
        ? 'sometimes'
        : 'always';

type Abilities<M extends Declares, D> = { [A in Ability]: Declared<M, A> extends D ? A : never }[Ability];
type ProbesOne<M extends Declares> =
  'terminateOne' | 'probe' extends Abilities<M, 'always'>
    ? { probeSession: NonNullable<Connection['probeSession']> }
    : 'terminateOne' | 'probe' extends Abilities<M, 'always' | 'sometimes'>
      ? unknown
      : { probeSession?: never };

/** The connection that this manifest declares: a method it does not declare is an error, and so is one that is missing. */
export type ConnectionOf<M extends Declares> = Connection &
  Required<Pick<Connection, MethodOf<Abilities<M, 'always'>>>> & {
    [Method in MethodOf<Abilities<M, 'never'>>]?: never;
  } & ProbesOne<M>;

/**
 * What a vendor's folder exports. Its manifest is written with `satisfies Manifest<Config, Secrets>`: one annotated as
 * `Manifest` has forgotten what it declares, and is refused here.
 */
export interface Connector<M extends Declares> {
  manifest: Means extends M['capabilities']['discover'] ? never : M;
  connect(config: z.infer<M['config']>, secrets: z.infer<M['secrets']>, host: ConnectHost): Promise<ConnectionOf<M>>;
}

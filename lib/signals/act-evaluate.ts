import type { Severity } from '@/lib/findings/model';
import * as events from '@/lib/signals/event-model';
import type { Act, Acts } from '@/lib/signals/model';

/** What a signal asks for here, beside being stored. Pure: whom it means is found elsewhere. */
export interface Wanted {
  /** `open`: gives back what this source took. */
  act: Act | 'open';
  /** Of the finding it raises; null: nothing anybody has to look at. */
  severity: Severity | null;
  /** What it says, in words. */
  title: string;
  risk?: events.RiskLevel;
  /** That is said of its sessions the signal means, and not of it. */
  riskOfSessions?: boolean;
  /** What its sessions are from now on. */
  session?: { posture?: string; scope?: string };
  /** Credentials that are gone: their sessions are meant, and no other. */
  credentials?: Gone;
}

/** By name; where none is given, by what CAEP calls their type. */
export interface Gone {
  names: string[];
  type: string;
}

const names = (payload: Record<string, unknown>): string[] =>
  ['friendly_name', 'x509_serial', 'fido2_aaguid', 'credential_id'].flatMap((member) => {
    const value = payload[member];
    return typeof value === 'string' && value ? [value] : [];
  });

/** What nobody has to look at, until a playbook was agreed for what this system says: then it is that somebody does. */
const whereAgreed = (acts: Acts): Severity | null => (acts.playbook ? 'low' : null);

const GONE: Record<string, string> = { revoke: 'revoked', delete: 'deleted' };

function credential(payload: Record<string, unknown>, acts: Acts): Wanted {
  const gone = GONE[String(payload.change_type)];
  const what = String(payload.credential_type).slice(0, 60);
  if (!gone)
    return {
      act: 'note',
      severity: whereAgreed(acts),
      title: `Its ${what} changed elsewhere: ${payload.change_type}`,
    };
  return {
    act: acts.sessions,
    severity: 'medium',
    title: `Its ${what} was ${gone} elsewhere`,
    credentials: { names: names(payload), type: what },
  };
}

function claims(payload: Record<string, unknown>, acts: Acts): Wanted {
  const said = payload.claims as Record<string, unknown>;
  const scope = typeof said.scope === 'string' ? said.scope.slice(0, 1000) : undefined;
  const title = `Claims of its token changed elsewhere: ${Object.keys(said).slice(0, 20).join(', ')}`.slice(0, 300);
  const severity = acts.claims === 'note' ? whereAgreed(acts) : 'medium';
  return { act: acts.claims, severity, title, ...(scope === undefined ? {} : { session: { scope } }) };
}

/** What follows from one event, as was agreed for its source. */
export function wantedBy(event: events.UnderstoodEvent, payload: Record<string, unknown>, acts: Acts): Wanted {
  switch (event) {
    case events.SESSION_REVOKED:
    case events.SESSIONS_REVOKED:
      return { act: acts.sessions, severity: 'medium', title: 'Its session was revoked elsewhere' };
    case events.CREDENTIAL_CHANGE:
      return credential(payload, acts);
    case events.CREDENTIAL_COMPROMISE:
      return {
        act: acts.compromise,
        severity: 'critical',
        title: 'A credential of it is compromised, says another system',
      };
    case events.CREDENTIAL_CHANGE_REQUIRED:
      return { act: 'note', severity: 'medium', title: 'Its credentials have to be changed, says another system' };
    case events.RISK_LEVEL_CHANGE: {
      const risk = payload.current_level as events.RiskLevel;
      const riskOfSessions = payload.principal === 'SESSION';
      const title = `${riskOfSessions ? 'The risk of its session' : 'Its risk'} is ${risk}, says another system`;
      const mild = risk === 'MEDIUM' ? whereAgreed(acts) : null;
      const [act, severity] = risk === 'HIGH' ? ([acts.risk, 'high'] as const) : (['note', mild] as const);
      return { act, severity, title, risk, ...(riskOfSessions ? { riskOfSessions } : {}) };
    }
    case events.TOKEN_CLAIMS_CHANGE:
      return claims(payload, acts);
    case events.DEVICE_COMPLIANCE_CHANGE: {
      const posture = String(payload.current_status);
      const bad = posture === 'not-compliant';
      const title = bad ? 'Its device is not compliant, says another system' : 'Its device is compliant again';
      return { act: bad ? acts.device : 'note', severity: bad ? 'medium' : null, title, session: { posture } };
    }
    case events.ASSURANCE_LEVEL_CHANGE:
      return {
        act: 'note',
        severity: null,
        title: `Its assurance is ${String(payload.current_level).slice(0, 60)} elsewhere`,
      };
    case events.ACCOUNT_DISABLED:
      return { act: acts.account, severity: 'high', title: 'Its account was disabled elsewhere' };
    case events.ACCOUNT_PURGED:
      return { act: acts.account, severity: 'high', title: 'Its account was deleted elsewhere' };
    case events.ACCOUNT_ENABLED:
      return { act: 'open', severity: null, title: 'Its account was enabled elsewhere' };
  }
}

import { boundMembers } from '@/lib/exposures/approval';
import type { ApprovalRow } from '@/lib/exposures/model';
import type { Requestable } from '@/lib/policies/approved-evaluate';
import type { IdentitySeen } from '@/lib/policies/compiled-model';
import type { WorldAsk } from '@/lib/replay/model';

/** A fixture that can't be played: it names what is not there. */
export class NotThere extends Error {}

/** Who asked may not approve. */
export class Own extends NotThere {}

interface Request {
  state: 'pending' | 'approved' | 'denied';
  asked: WorldAsk;
  stops: Requestable[];
  binds: string[] | null;
  expiresMs: number;
  uses: number;
  secs: number;
}

interface Given {
  by?: string | undefined;
  uses?: number | undefined;
  secs?: number | undefined;
}

/** Requests for approval of one fixture, by the names it gives them: the rules of approvals/submit and approve, in memory. */
export class RehearsedApprovals {
  private readonly requests = new Map<string, Request>();
  private readonly rows = new Map<string, ApprovalRow>();
  /** As decisions read them. */
  readonly seen = { rows: this.rows, used: new Map<string, number>() };

  idOf(name: string): string {
    return `apr_${name}`;
  }

  /** True: the policy approves by itself. */
  request(name: string, asked: WorldAsk, stops: Requestable[], holdExpiresMs: number | null): boolean {
    if (this.requests.has(name)) throw new NotThere(`Approval ${name} was asked for before.`);
    const least = (pick: (approval: Requestable['rule']['approval']) => number) =>
      Math.min(...stops.map((one) => pick(one.rule.approval)));
    const binds = stops.map((one) => one.rule.approval.binds);
    const waits = asked.atMs + least((one) => one.waitSecs) * 1000;
    this.requests.set(name, {
      state: 'pending',
      asked,
      stops,
      binds: binds.some((one) => one === null) ? null : [...new Set(binds.flatMap((one) => one ?? []))],
      expiresMs: Math.min(waits, holdExpiresMs ?? waits),
      uses: least((one) => one.uses),
      secs: least((one) => one.secs),
    });
    const automatic = stops.every((one) => one.automatic);
    if (automatic) this.approve(name, asked.atMs, { by: 'policy' });
    return automatic;
  }

  askedBy(name: string): IdentitySeen {
    return this.requestOf(name).asked.identity;
  }

  private requestOf(name: string): Request {
    const request = this.requests.get(name);
    if (!request) throw new NotThere(`Approval ${name} was not asked for.`);
    return request;
  }

  private waiting(name: string, nowMs: number): Request {
    const request = this.requestOf(name);
    const state = request.state === 'pending' && request.expiresMs <= nowMs ? 'expired' : request.state;
    if (state !== 'pending') throw new NotThere(`Request ${name} is ${state}: it is answered once.`);
    return request;
  }

  approve(name: string, nowMs: number, { by, uses, secs }: Given): void {
    const request = this.waiting(name, nowMs);
    if ((uses ?? 1) > request.uses || (secs ?? 1) > request.secs)
      throw new NotThere(`The policy grants at most ${request.uses} uses within ${request.secs} seconds.`);
    request.state = 'approved';
    const { request: asked, identity } = request.asked;
    this.rows.set(this.idOf(name), {
      request_id: name,
      approval_id: this.idOf(name),
      issuer: '',
      identity_id: identity.id,
      subject: asked.subject,
      action: asked.action,
      resource: asked.resource,
      context: { binds: request.binds, members: boundMembers(asked.context, request.binds) },
      rules: request.stops.map(({ set, rule }) => ({ set: set.name, id: rule.id })),
      uses: uses ?? request.uses,
      used: 0,
      approved_until: new Date(nowMs + (secs ?? request.secs) * 1000),
      withdrawn_at: null,
      answered_by: by ?? 'somebody else',
    });
  }

  deny(name: string, nowMs: number): void {
    this.waiting(name, nowMs).state = 'denied';
  }
}

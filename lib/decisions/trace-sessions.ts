import { canonical, written } from '@/lib/decisions/canonical';
import { otherSeen } from '@/lib/decisions/seen';
import { shortId } from '@/lib/decisions/trace-format';
import type { CompiledSet, Question, SessionSeen } from '@/lib/policies/compiled-model';

/** How a session's entry begins: its short id and its label. The same few come again and again. */
const begun = new Map<string, { label: string; text: string }>();
const MAX_BEGUN = 20_000;

function begins(id: string, label: string): string {
  const known = begun.get(id);
  if (known?.label === label) return known.text;
  const text = `[${written(shortId(id))},${written(label.slice(0, 200))}`;
  if (begun.size >= MAX_BEGUN) begun.clear();
  begun.set(id, { label, text });
  return text;
}

/** How the entry of a live session ends; a session that changes is another object. */
const ends = new WeakMap<SessionSeen, { sets: CompiledSet[]; text: string }>();

function endsLive(session: SessionSeen, sets: CompiledSet[]): string {
  const known = ends.get(session);
  if (known?.sets === sets) return known.text;
  const { id: _id, startedMs: _startedMs, ...fields } = otherSeen(session, sets) ?? {};
  const text = Object.keys(fields).length ? `,${canonical(fields)}]` : ']';
  ends.set(session, { sets, text });
  return text;
}

/** The sessions a trace names, each once, by their places. */
export class Sessions {
  private readonly ids: string[] = [];
  private readonly labels: string[] = [];
  private readonly owners: string[] = [];
  private texts = '';

  constructor(private readonly question: Question) {}

  /** The sessions that could be looked at: all that are live, but for the one that asks, which the trace describes. */
  addLive(atMs: number): void {
    const { session, sessions, sets, identity } = this.question;
    for (const one of sessions) {
      if (one.id === session.id) continue;
      const other = one.identityId === identity.id ? '' : `,${written(shortId(one.identityId))}`;
      this.add(one, `${begins(one.id, one.label)}${other},${atMs - one.startedMs}${endsLive(one, sets)}`);
    }
  }

  /** The place of a session, which is added when it has none. */
  place(id: string, label: string, identityId: string): number {
    for (let i = 0; i < this.ids.length; i++)
      if (this.ids[i] === id && this.labels[i] === label && this.owners[i] === identityId) return i;
    const other = identityId === this.question.identity.id ? '' : `,${written(shortId(identityId))}`;
    return this.add({ id, label, identityId }, `${begins(id, label)}${other}]`);
  }

  text(): string {
    return this.texts;
  }

  private add({ id, label, identityId }: Pick<SessionSeen, 'id' | 'label' | 'identityId'>, text: string): number {
    this.texts += this.ids.length ? `,${text}` : text;
    this.labels.push(label);
    this.owners.push(identityId);
    return this.ids.push(id) - 1;
  }
}

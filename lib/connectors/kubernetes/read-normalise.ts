import { type Loose, listOf, objectOf, parsedOf, textOf } from '@/lib/sessions/loose-model';

/** A cluster writes an event once a stage; the last one tells the outcome. */
const isAudit = (event: Loose): boolean =>
  /^audit\.k8s\.io\//.test(textOf(event.apiVersion, 60) ?? '') &&
  event.kind === 'Event' &&
  textOf(event.auditID, 200) !== null;

/**
 * The audit event itself, out of what log pipelines put around it: AKS (`properties.log`), EKS through CloudWatch Logs
 * (`message`, `@message`), container logs (`log`), or a text. null: no audit event of a Kubernetes API server.
 */
export function unwrap(record: unknown): Loose | null {
  const outer = parsedOf(record);
  const inside = parsedOf(outer.properties);
  for (const event of [
    outer,
    parsedOf(inside.log),
    parsedOf(outer.message),
    parsedOf(outer['@message']),
    parsedOf(outer.log),
    parsedOf(outer.event),
  ]) {
    if (isAudit(event)) return event;
  }
  return null;
}

/** The first value of a user's `extra`: every one is a list. */
export function extraOf(user: Loose, name: string, most: number): string | null {
  const extra = objectOf(user.extra);
  return textOf(listOf(extra[name], 1)[0], most) ?? textOf(extra[name], most);
}

/** Verbs and paths that go on after the answer began: a session of their own, from ResponseStarted to ResponseComplete. */
const STREAMS = /^(?:exec|attach|portforward|proxy|log)$/;

export function streams(event: Loose): boolean {
  if (event.verb === 'watch') return true;
  const sub = textOf(objectOf(event.objectRef).subresource, 60) ?? '';
  if (!STREAMS.test(sub)) return false;
  return sub !== 'log' || /[?&]follow=(?:true|1)\b/.test(textOf(event.requestURI, 4096) ?? '');
}

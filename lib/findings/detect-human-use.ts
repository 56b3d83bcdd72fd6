import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';
import { isBackEnd } from '@/lib/findings/where-model';
import { isBrowser } from '@/lib/sessions/agent-model';

/** Programs that only people sit in front of. */
const INTERACTIVE =
  /^(?:DBeaver|DataGrip|pgAdmin|psql|TablePlus|Navicat|HeidiSQL|SQL Developer|Azure Data Studio|MongoDB Compass|RedisInsight|kubectl|k9s|Lens|OpenLens|PuTTY|Postman(?:Runtime)?|Insomnia|GitHub Desktop|GitHubDesktop)(?:\s|$)/i;
const CONSOLE = /(?:^|:)(?:ConsoleLogin|SwitchRole|GetSigninToken|CheckMfa)$|console[._-]?(?:login|sign)/i;

/**
 * Names that only machines have: a Kubernetes or Google service account, a service principal or managed identity, a role of
 * an instance or function. An IAM or database name may be a person's: nothing is known of it but what it does.
 */
function isMachine(picture: Picture): boolean {
  const { kind, names } = picture.identity;
  if (kind === 'human') return false;
  return names.some(
    ({ externalId, type }) =>
      /^system:(?:serviceaccount|node):|(?<!@gcp-sa-[\w-]{1,60}\.iam)(?<!@cloudservices)\.gserviceaccount\.com$|\/i-[0-9a-f]{8,17}$/i.test(
        externalId,
      ) ||
      /^(?:servicePrincipal|managedIdentity|service_principal|managed_identity|serviceAccount|service_account|AWSService|workload)$/i.test(
        type,
      ),
  );
}

/** Command lines that scripts run as well as people: with nothing learned they say little by themselves. */
const SCRIPTED = /^(?:kubectl|psql|Postman)/i;
/** What pipelines deploy with: where one of them runs, a script's command line is its sibling. */
const DEPLOYS =
  /^(?:helm|helmfile|terraform|opentofu|tofu|pulumi|argocd|argo|flux|kustomize|skaffold|ansible|jenkins|gitlab-runner|github-actions|actions-runner|buildkite|tekton|spinnaker|octopus|concourse|drone|circleci|azure-pipelines|vsts)/i;
/** Nobody scripts these for a deployment. */
const HANDS = /exec|attach|port-?forward|impersonate/i;
const TELLING = /secret|exec|attach|port-?forward|token|impersonate/i;

/** A command line beside the identity's own program, doing what nobody leaves to a script's guess. */
function isBeside(picture: Picture, event: EventFact): boolean {
  const hands = HANDS.test(`${event.action} ${event.resource ?? ''}`);
  const own = picture.events.some(
    ({ agent }) =>
      agent !== null &&
      agent !== event.agent &&
      !isBrowser(agent) &&
      !INTERACTIVE.test(agent) &&
      (hands || !DEPLOYS.test(agent)),
  );
  const telling =
    event.class === 'change' || event.class === 'export' || TELLING.test(`${event.action} ${event.resource ?? ''}`);
  return own && telling;
}

const isInteractive = (event: EventFact, ofInstance: boolean): boolean =>
  !isBackEnd(event) &&
  (isBrowser(event.agent) || INTERACTIVE.test(event.agent ?? '') || (CONSOLE.test(event.action) && ofInstance));

/**
 * A person at a machine's identity: a browser, an interactive client or a console sign-in (requirement E8). Where a name
 * may be a person's, only if nothing like it was seen while it was learned what the identity does.
 */
export function detectHumanUse(picture: Picture): Found[] {
  const { envelope, identity } = picture;
  if (identity.kind === 'human') return [];
  const machine = isMachine(picture);
  const instances = new Set(
    [...picture.sessions.values()]
      .filter((session) => /\/i-[0-9a-f]{8,17}(?:\s|$)/.test(session.key))
      .map(({ id }) => id),
  );
  const acts = judged(picture).filter(
    (event) =>
      event.outcome === 'success' &&
      isInteractive(event, machine || (event.sessionId !== null && instances.has(event.sessionId))),
  );
  const known = envelope !== null && isLearned(envelope);
  const telling = known ? acts : acts.filter((event) => !SCRIPTED.test(event.agent ?? '') || isBeside(picture, event));
  if (telling.length === 0) return [];
  const usual = known && Object.keys(envelope.agents).some((agent) => isBrowser(agent) || INTERACTIVE.test(agent));
  if (usual || (!machine && !known)) return [];
  const clients = [...new Set(telling.map((event) => event.agent ?? event.action))];
  return [
    assertFound(picture, {
      detector: 'human-use',
      cause: `client:${clients[0]}`.slice(0, 300),
      severity: moved(
        'medium',
        known && telling.some((event) => event.class === 'change' || event.class === 'export') ? 1 : 0,
      ),
      title: 'A person at a machine’s identity',
      summary: `${identity.name}, which ${machine ? 'is a machine’s' : 'has only ever been used by programs'}, was used with ${clients.slice(0, 3).join(', ')}.`,
      reasons: [
        machine
          ? 'Nobody signs in as this identity: somebody has its credentials.'
          : 'In all that was learned of it, no person sat in front of it.',
        ...(known ? ['Nothing like it was seen before.'] : ['What it usually does is not learned yet.']),
      ],
      events: telling,
    }),
  ];
}

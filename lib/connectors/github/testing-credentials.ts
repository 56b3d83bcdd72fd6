import {
  type Answers,
  bearer,
  type Kit,
  notFound,
  ORG,
  pages,
  REPO,
} from '@/lib/connectors/github/testing-organization';

export function keyAnswers({ world, schema, minted }: Kit): Answers {
  return {
    'DELETE /installation/token': (asked) => {
      minted.delete(bearer(asked) ?? '');
      return { status: 204 };
    },
    'GET /installation/repositories': () => ({
      status: 200,
      body: {
        total_count: 1,
        repositories: [schema('repository', { ...REPO, owner: schema('simple-user', { login: ORG }) })],
      },
    }),
    'GET /repos/{owner}/{repo}/keys': (asked) => ({
      status: 200,
      body: pages(
        asked,
        [...world.keys.values()].map((one) =>
          schema('deploy-key', { id: one.id, title: one.title, key: one.key, read_only: one.readOnly, verified: true }),
        ),
      ),
    }),
    'DELETE /repos/{owner}/{repo}/keys/{key_id}': (asked) => {
      world.keys.delete(Number(asked.params.key_id));
      return { status: 204 };
    },
    'POST /repos/{owner}/{repo}/keys': (asked) => {
      const { title, key, read_only } = asked.body as { title: string; key: string; read_only: boolean };
      const id = 9_000 + world.keys.size;
      world.keys.set(id, { id, title, key, readOnly: read_only });
      return { status: 201, body: schema('deploy-key', { id, title, key, read_only }) };
    },
  };
}

export function credentialAnswers(kit: Kit): Answers {
  const { world, schema, later } = kit;
  const missing = notFound(kit);
  return {
    'GET /orgs/{org}/credential-authorizations': (asked) =>
      world.withoutSignOn
        ? missing
        : {
            status: 200,
            body: pages(
              asked,
              [...world.authorizations.values()].map((one) =>
                schema('credential-authorization', {
                  login: one.login,
                  credential_id: one.id,
                  credential_type: 'personal access token',
                  authorized_credential_title: one.title,
                }),
              ),
            ),
          },
    'DELETE /orgs/{org}/credential-authorizations/{credential_id}': (asked) =>
      world.authorizations.delete(Number(asked.params.credential_id)) ? { status: 204 } : missing,
    'POST /credentials/revoke': (asked) => {
      for (const token of (asked.body as { credentials: string[] }).credentials)
        later(() => world.tokens.delete(token));
      return { status: 202, body: {} };
    },
    'GET /user': (asked) =>
      world.tokens.has(bearer(asked) ?? '')
        ? { status: 200, body: schema('public-user', { login: 'someone' }) }
        : { status: 401, body: schema('basic-error', { message: 'Bad credentials' }) },
  };
}

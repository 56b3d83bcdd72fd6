import { Text } from '@mantine/core';
import { Identifier } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';

/** Where the signed certificate comes from, and how somebody else checks it. */
export function CertificatePanel({ revocationId }: { revocationId: string }) {
  const file = `braid-revocation-${revocationId}.json`;
  return (
    <Panel title="Certificate">
      <Text size="sm">
        <a href={`/api/v1/revocations/${revocationId}/certificate`} download>
          Download it
        </a>{' '}
        as it stands now: signed, and checked without this Braid, its database or a network. Give the public key by
        another way than the file.
      </Text>
      <ol style={{ margin: '8px 0 0', paddingLeft: 18 }}>
        <li>
          The public key, here: <Identifier value="npx braid audit key --out braid.pem" max={60} />
        </li>
        <li>
          The check, anywhere: <Identifier value={`npx braid revocation verify ${file} --key braid.pem`} max={60} />
        </li>
      </ol>
    </Panel>
  );
}

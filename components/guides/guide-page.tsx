import { Markdown } from '@/components/guides/markdown';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import type { Guide } from '@/lib/guides/model';

/** One page of the guide that comes with Braid. */
export function GuidePage({ guide, here }: { guide: Guide; here: string[] }) {
  return (
    <>
      <Crumb parts={[{ label: 'Guide' }, { label: guide.title }]} />
      <PageHeader title={guide.title} />
      <Panel>
        <Markdown text={guide.text} here={here} />
      </Panel>
    </>
  );
}

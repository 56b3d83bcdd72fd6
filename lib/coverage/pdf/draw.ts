// Runs as a process of its own: laying out a report is seconds of work that no page, decision or revocation should wait for.
// `{snapshot, blind}` as JSON on stdin, the PDF on stdout.
import path from 'node:path';
import { text } from 'node:stream/consumers';
import pdfmake from 'pdfmake';
import type { BlindReport } from '@/lib/allotments/model';
import type { Snapshot } from '@/lib/coverage/model';
import { reportDocument } from '@/lib/coverage/pdf/format';
import { projectRoot } from '@/lib/platform/env';

const fonts = path.join(projectRoot(), 'node_modules', 'pdfmake', 'fonts', 'Roboto');

pdfmake.setLocalAccessPolicy((file) => file.startsWith(fonts));
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setFonts({
  Roboto: {
    normal: path.join(fonts, 'Roboto-Regular.ttf'),
    bold: path.join(fonts, 'Roboto-Medium.ttf'),
    italics: path.join(fonts, 'Roboto-Italic.ttf'),
    bolditalics: path.join(fonts, 'Roboto-MediumItalic.ttf'),
  },
});
const { snapshot, blind } = JSON.parse(await text(process.stdin)) as { snapshot: Snapshot; blind: BlindReport };
process.stdout.write(await pdfmake.createPdf(reportDocument(snapshot, blind)).getBuffer());

import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import Link from 'next/link';
import { createElement, Fragment, type ReactNode } from 'react';
import classes from '@/components/guides/guides.module.css';
import { anchorOf, guideHref } from '@/lib/guides/format';

interface Place {
  /** Where the guide stands, for links relative to it. */
  here: readonly string[];
  /** All of its tables, so that each has a name of its own. */
  tables: readonly Token[];
}

/** Entities are made by the lexer for HTML; React writes the characters themselves. */
const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const all = (tokens: Token[] | undefined, place: Place): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a guide is drawn once and never reordered
  tokens?.map((token, at) => <Fragment key={at}>{draw(token as MarkedToken, place)}</Fragment>);

function Table({ token, place }: { token: Tokens.Table; place: Place }) {
  const row = (cells: Tokens.TableCell[], Cell: 'td' | 'th') => (
    <tr>
      {cells.map((cell, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
        <Cell key={at}>{all(cell.tokens, place)}</Cell>
      ))}
    </tr>
  );
  return (
    <section
      className={classes.wide}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key
      tabIndex={0}
      aria-label={`Table ${place.tables.indexOf(token) + 1}: ${token.header.map((cell) => cell.text).join(', ')}`}
    >
      <table>
        <thead>{row(token.header, 'th')}</thead>
        <tbody>
          {token.rows.map((cells, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <Fragment key={at}>{row(cells, 'td')}</Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Anchor({ token, place }: { token: Tokens.Link; place: Place }) {
  const href = guideHref(token.href, place.here);
  if (href === null) return <>{all(token.tokens, place)}</>;
  return <Link href={href}>{all(token.tokens, place)}</Link>;
}

/** Raw HTML is not drawn: guides have none. */
function draw(token: MarkedToken, place: Place): ReactNode {
  switch (token.type) {
    case 'heading':
      return createElement(`h${Math.min(token.depth, 4)}`, { id: anchorOf(token.text) }, all(token.tokens, place));
    case 'paragraph':
      return <p>{all(token.tokens, place)}</p>;
    case 'list':
      return createElement(
        token.ordered ? 'ol' : 'ul',
        token.ordered ? { start: Number(token.start) || 1 } : null,
        token.items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name
          <li key={at}>{all(item.tokens, place)}</li>
        )),
      );
    case 'table':
      return <Table token={token} place={place} />;
    case 'code':
      return <pre>{token.text}</pre>;
    case 'blockquote':
      return <blockquote>{all(token.tokens, place)}</blockquote>;
    case 'link':
      return <Anchor token={token} place={place} />;
    case 'strong':
      return <strong>{all(token.tokens, place)}</strong>;
    case 'em':
      return <em>{all(token.tokens, place)}</em>;
    case 'codespan':
      return <code>{plain(token.text)}</code>;
    case 'text':
      return 'tokens' in token && token.tokens ? all(token.tokens, place) : plain(token.text);
    case 'escape':
      return plain(token.text);
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    default:
      return null;
  }
}

/** Markdown as the guides are written in it. */
export function Markdown({ text, here }: { text: string; here: readonly string[] }) {
  const tokens = lexer(text);
  const tables = tokens.filter((token) => token.type === 'table');
  return <div className={classes.guide}>{all(tokens, { here, tables })}</div>;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { verdictCodes } from '../../../../core/nat/verdict.ts';
import { type Block, type Part, readMarkdown } from '../../../codes/plain-markdown.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { Panel } from '../../../components/panel.tsx';

interface Props {
  params: Promise<{ code: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).code };
}

/** Pages that stand beside the verdict codes. */
const others = ['settings-that-stop-felix'] as const;

/** What a verdict code, or a finding, means: the text of docs, the one place where it is written. */
export default async function CodePage({ params }: Props) {
  const asked = (await params).code;
  const code = verdictCodes.find((each) => each === asked);
  const other = others.find((each) => each === asked);
  if (code === undefined && other === undefined) notFound();
  const text = await readFile(
    join(process.cwd(), 'docs', code === undefined ? `${other}.md` : `codes/${code}.md`),
    'utf8',
  );
  return (
    <>
      <PageHeader
        crumb={
          <Link href={code === undefined ? '/settings' : '/simulator'} className="hover:underline">
            {code === undefined ? 'Settings' : 'Simulator'}
          </Link>
        }
        title={code === undefined ? 'Settings that stop Felix' : <span className="font-mono font-medium">{code}</span>}
      />
      <Panel label={asked} className="max-w-3xl">
        <article className="flex flex-col gap-2.5 px-1 py-1 text-base">
          {readMarkdown(text)
            .filter(({ kind }) => kind !== 'h1')
            .map((block) => (
              <Text key={JSON.stringify(block)} block={block} />
            ))}
        </article>
      </Panel>
    </>
  );
}

function Text({ block: { kind, parts } }: { block: Block }) {
  const inside = parts.map((part) => <Inline key={`${part.kind} ${part.text}`} part={part} />);
  if (kind === 'h2') return <h2 className="mt-2 font-semibold text-ink-1">{inside}</h2>;
  return <p>{inside}</p>;
}

function Inline({ part: { kind, text } }: { part: Part }) {
  if (kind === 'code') return <code className="text-ink-1">{text}</code>;
  if (kind === 'bold') return <b>{text}</b>;
  return text;
}

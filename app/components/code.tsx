import { ScrollRegion } from './scroll-region.tsx';

/** YAML to read, keys quiet and values in ink; it scrolls inside its own box. */
export function Code({ label, text }: { label: string; text: string }) {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    <ScrollRegion label={label} className="min-w-0 overflow-x-auto rounded-md bg-surface-2 px-3.5 py-2.5">
      <pre className="leading-5 text-ink-1">
        {lines.map((line, index) => {
          const [, lead = '', rest = ''] = /^(\s*(?:- )?[A-Za-z]\w*:)(.*)$/.exec(line) ?? [];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
            <span key={index} className="block min-h-5">
              {lead === '' ? (
                line
              ) : (
                <>
                  <span className="text-ink-2">{lead}</span>
                  <span className={/^\s(true|false)$/.test(rest) ? 'text-snat-fg' : 'text-keep-fg'}>{rest}</span>
                </>
              )}
            </span>
          );
        })}
      </pre>
    </ScrollRegion>
  );
}

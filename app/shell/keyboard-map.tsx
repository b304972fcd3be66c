'use client';
import { Dialog } from '../components/dialog.tsx';
import { Kbd } from '../components/kbd.tsx';
import { Switch } from '../components/switch.tsx';
import { type Binding, setLettersOn, useKeyMap, useLettersOn } from '../keys/use-keys.ts';

/** Every key that works on this page now. */
export function KeyboardMap({ open, onClose }: { open: boolean; onClose: () => void }) {
  const groups = useKeyMap();
  const letters = useLettersOn();
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard map" wide>
      <div className="gap-x-8 sm:columns-2">
        {groups.map(({ group, bindings }) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-2xs font-medium text-ink-3">{group}</h3>
            <dl>
              {byLabel(bindings).map(({ label, keys }) => (
                <div key={label} className="flex items-center gap-3 border-b border-line-faint py-1">
                  <dt className="flex-1 text-ink-2">{label}</dt>
                  <dd className="flex flex-none items-center gap-1">
                    {keys.map((one, index) => (
                      <span key={one} className="flex items-center gap-1">
                        {index > 0 && <span className="text-2xs text-ink-3">or</span>}
                        {one.split(/[ +]/).map((part) => (
                          <Kbd key={part}>{keyName(part)}</Kbd>
                        ))}
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-4 flex items-center gap-3 border-t border-line-faint pt-3">
        <Switch checked={letters} onChange={setLettersOn} label="Single-letter keys" />
        <p className="text-xs text-ink-2">
          Single-letter keys {letters ? 'are on' : 'are off'}. They never act while you type.
        </p>
      </div>
    </Dialog>
  );
}

function byLabel(bindings: readonly Binding[]): { label: string; keys: string[] }[] {
  const rows = new Map<string, string[]>();
  for (const { label, keys } of bindings) rows.set(label, [...(rows.get(label) ?? []), keys]);
  return [...rows].map(([label, keys]) => ({ label, keys }));
}

const names: Record<string, string> = { mod: 'Ctrl', Escape: 'Esc', Enter: '↵', ArrowDown: '↓', ArrowUp: '↑' };
const keyName = (part: string): string => names[part] ?? part;

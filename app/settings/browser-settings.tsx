'use client';
import { Panel } from '../components/panel.tsx';
import { Segmented } from '../components/segmented.tsx';
import { Switch } from '../components/switch.tsx';
import { setLettersOn, useLettersOn } from '../keys/use-keys.ts';
import { setTheme, themes, useTheme } from '../shell/theme.ts';

const words = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

/** What is kept in this browser alone. */
export function BrowserSettings() {
  const theme = useTheme();
  const letters = useLettersOn();
  return (
    <Panel title="This browser" lead="kept here, for nobody else">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-center gap-x-6 gap-y-3 narrow:grid-cols-1 narrow:gap-y-1.5">
        <dt className="text-ink-1">Theme</dt>
        <dd>
          <Segmented
            label="Theme"
            value={theme}
            onChange={setTheme}
            options={themes.map((value) => ({ value, label: words[value] }))}
          />
        </dd>
        <dt className="text-ink-1">Single-letter keys</dt>
        <dd className="flex flex-wrap items-center gap-2">
          <Switch label="Single-letter keys" checked={letters} onChange={setLettersOn} />
          <span>
            {letters ? 'On' : 'Off'}: g then a letter, j, k, x, e, s, t, c, / and ?. They never work while typing; with
            Ctrl or Cmd keys always do.
          </span>
        </dd>
      </dl>
    </Panel>
  );
}

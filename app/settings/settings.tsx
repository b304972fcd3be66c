'use client';
import { useSearchParams } from 'next/navigation';
import { PageHeader } from '../components/page-header.tsx';
import { Tabs } from '../components/tabs.tsx';
import { TruthLine } from '../components/truth-pill.tsx';
import { Accounts } from './accounts.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { BrowserSettings } from './browser-settings.tsx';
import { JoinTokens } from './join-tokens.tsx';
import { NatSettingsForm } from './nat-settings.tsx';
import { SettingsTruths } from './settings-truths.tsx';

const tabs = ['nat', 'accounts', 'tokens', 'api-tokens', 'browser'] as const;
/** what is no part of the desired state says where it is kept */
const places = {
  accounts: 'Kept by this server; no part of the desired state.',
  tokens: 'Kept by this server; no part of the desired state.',
  'api-tokens': 'Kept by this server; no part of the desired state.',
  browser: 'Kept in this browser alone.',
};

export function Settings() {
  const wanted = useSearchParams().get('tab');
  const tab = tabs.find((each) => each === wanted) ?? 'nat';
  return (
    <>
      <PageHeader
        title="Settings"
        truths={tab === 'nat' ? <SettingsTruths /> : <TruthLine note={places[tab]}>{null}</TruthLine>}
      />
      <Tabs
        label="Settings"
        value={tab}
        onChange={(next) =>
          window.history.replaceState(null, '', next === 'nat' ? '/settings' : `/settings?tab=${next}`)
        }
        tabs={[
          { value: 'nat', label: 'NAT settings', content: <NatSettingsForm /> },
          { value: 'accounts', label: 'Accounts', content: <Accounts /> },
          { value: 'tokens', label: 'Join tokens', content: <JoinTokens /> },
          { value: 'api-tokens', label: 'API tokens', content: <ApiTokens /> },
          { value: 'browser', label: 'This browser', content: <BrowserSettings /> },
        ]}
      />
    </>
  );
}
